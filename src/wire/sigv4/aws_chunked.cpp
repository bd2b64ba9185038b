#include "wire/sigv4/aws_chunked.h"

#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"
#include "wire/sigv4/canonical.h"

namespace tocsin::wire::sigv4 {
namespace {

constexpr std::string_view signature_field = "chunk-signature=";
constexpr std::string_view trailer_signature_name = "x-amz-trailer-signature";
// of a body that nobody has vouched for yet
constexpr std::size_t trailers_max = 16, chunks_max = 131'072;

std::unexpected<Error> malformed() { return fail(ErrorKind::invalid, "The body is not in the form of aws-chunked.", "InvalidRequest"); }
std::unexpected<Error> incomplete() {
  return fail(ErrorKind::invalid, "You did not provide the number of bytes specified by the Content-Length HTTP header", "IncompleteBody");
}

/// The line up to CRLF, which is taken off `rest`.
bool take_line(std::string_view& rest, std::string_view& line) {
  const std::size_t end = rest.find("\r\n");
  if (end == std::string_view::npos) return false;
  line = rest.substr(0, end);
  rest.remove_prefix(end + 2);
  return true;
}

Result<void> read_trailers(std::string_view rest, AwsChunked& out) {
  std::string_view line;
  while (!rest.empty()) {
    if (!take_line(rest, line)) line = std::exchange(rest, {});
    if (line.empty()) continue;
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos || out.trailers.size() >= trailers_max) return malformed();
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    while (value.ends_with('\n') || value.ends_with(' ')) value.remove_suffix(1);
    if (line.substr(0, colon) == trailer_signature_name)
      out.trailer_signature = value;
    else
      out.trailers.emplace_back(line.substr(0, colon), value);
  }
  return {};
}

}  // namespace

std::string AwsChunked::joined() const {
  std::string out;
  for (const Chunk& chunk : chunks) out += chunk.data;
  return out;
}

bool is_aws_chunked(const HttpRequest& request) { return request.headers.get("x-amz-content-sha256").starts_with("STREAMING-"); }

Result<AwsChunked> parse_aws_chunked(std::string_view body) {
  AwsChunked out;
  while (true) {
    std::string_view line;
    if (!take_line(body, line)) return incomplete();
    std::size_t size = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (error != std::errc{}) return malformed();
    AwsChunked::Chunk chunk;
    if (const std::string_view rest(end, static_cast<std::size_t>(line.data() + line.size() - end)); rest.starts_with(';')) {
      const std::size_t at = rest.find(signature_field);
      if (at == std::string_view::npos) return malformed();
      chunk.signature = rest.substr(at + signature_field.size());
    } else if (!rest.empty()) {
      return malformed();
    }
    if (size == 0) {
      out.chunks.push_back(chunk);
      if (auto read = read_trailers(body, out); !read) return std::unexpected(read.error());
      return out;
    }
    if (body.size() < 2 || size > body.size() - 2) return incomplete();
    if (out.chunks.size() >= chunks_max) return malformed();
    chunk.data = body.substr(0, size);
    if (body.substr(size, 2) != "\r\n") return malformed();
    body.remove_prefix(size + 2);
    out.chunks.push_back(chunk);
  }
}

Result<void> verify_chunks(const HttpRequest& request, const Authorization& authorization, std::string_view key) {
  const auto chunked = parse_aws_chunked(request.body);
  if (!chunked) return std::unexpected(chunked.error());
  if (request.headers.get("x-amz-content-sha256").starts_with("STREAMING-UNSIGNED-")) return {};
  const auto mismatch = [] {
    return fail(ErrorKind::denied, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
                "SignatureDoesNotMatch");
  };
  const std::string head = authorization.amz_date + "\n" + authorization.scope.text() + "\n";
  std::string before = authorization.signature;
  for (const AwsChunked::Chunk& chunk : chunked->chunks) {
    const std::string to_sign = "AWS4-HMAC-SHA256-PAYLOAD\n" + head + before + "\n" + to_hex(sha256("")) + "\n" + to_hex(sha256(chunk.data));
    before = signature_with_key(key, to_sign);
    if (!equal_constant_time(before, std::string(chunk.signature))) return mismatch();
  }
  if (!request.headers.get("x-amz-content-sha256").ends_with("-TRAILER")) return {};
  std::string trailers;
  for (const auto& [name, value] : chunked->trailers) trailers += name + ":" + value + "\n";
  const std::string to_sign = "AWS4-HMAC-SHA256-TRAILER\n" + head + before + "\n" + to_hex(sha256(trailers));
  if (!equal_constant_time(signature_with_key(key, to_sign), std::string(chunked->trailer_signature))) return mismatch();
  return {};
}

}  // namespace tocsin::wire::sigv4
