// The older presigned form of S3, which its tools still make by default where a region knows it (`aws s3 presign`): AWSAccessKeyId,
// Signature and Expires in the query, HMAC-SHA1 over a text. Only for reading it; we sign nothing so.
// https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html#RESTAuthenticationQueryStringAuth
#pragma once

#include "base/result.h"
#include "wire/http/http_message.h"
#include "wire/sigv4/authorization.h"

namespace tocsin::wire::sigv4 {

bool is_presigned_v2(const HttpRequest& request);
/// Of a request that is; `denied` as parse_authorization has it.
Result<Authorization> parse_presigned_v2(const HttpRequest& request);
/// `bucket_in_host`: the bucket when the Host names it, else "".
std::string presigned_v2_text(const HttpRequest& request, std::string_view bucket_in_host);
/// `denied`, reason SignatureDoesNotMatch.
Result<void> verify_presigned_v2(const HttpRequest& request, const Authorization& authorization, std::string_view secret);

}  // namespace tocsin::wire::sigv4
