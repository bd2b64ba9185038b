// Bodies that are signed and sent in chunks (Content-Encoding: aws-chunked), with checksums after them.
// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "wire/http/http_message.h"
#include "wire/sigv4/authorization.h"

namespace tocsin::wire::sigv4 {

struct AwsChunked {
  struct Chunk {
    std::string_view data;
    std::string_view signature;  ///< empty when chunks are not signed
  };
  std::vector<Chunk> chunks;  ///< the last is empty
  std::vector<std::pair<std::string, std::string>> trailers;
  std::string_view trailer_signature;

  std::string joined() const;
};

/// Whether the request says that its body is in chunks.
bool is_aws_chunked(const HttpRequest& request);
/// What it refers to is `body`. `invalid` when it is malformed or ends too early.
Result<AwsChunked> parse_aws_chunked(std::string_view body);
/// The signatures of the chunks and of the trailers, each of which covers the one before, the first the request's.
Result<void> verify_chunks(const HttpRequest& request, const Authorization& authorization, std::string_view key);

}  // namespace tocsin::wire::sigv4
