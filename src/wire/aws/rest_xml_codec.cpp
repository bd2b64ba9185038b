// rest-xml: path, query string, headers and an XML body. https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html
// S3 has its own names of roots, and errors that nothing wraps: https://smithy.io/2.0/aws/customizations/s3-customizations.html
#include <boost/json.hpp>
#include <map>

#include "base/encoding.h"
#include "wire/aws/codec.h"
#include "wire/aws/rest_bindings.h"
#include "wire/aws/scalars.h"
#include "wire/aws/shared_errors.h"
#include "wire/aws/xml_members.h"
#include "wire/aws/xml_text.h"
#include "wire/sigv4/aws_chunked.h"

namespace tocsin::wire {
namespace {

constexpr std::string_view xml_type = "application/xml";
constexpr std::string_view declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

bool is_s3(const ServiceModel* service) { return service && service->name == "s3"; }

/// What all services call by one name, S3 by another. https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
std::string code_of_s3(const std::string& code) {
  static const std::map<std::string_view, std::string_view> others = {{"NotImplementedException", "NotImplemented"},
                                                                      {"InvalidClientTokenId", "InvalidAccessKeyId"},
                                                                      {"UnrecognizedClientException", "InvalidAccessKeyId"},
                                                                      {"InternalFailure", "InternalError"},
                                                                      {"UnknownOperationException", "MethodNotAllowed"},
                                                                      {"AccessDeniedException", "AccessDenied"},
                                                                      {"ValidationException", "InvalidArgument"},
                                                                      {"ValidationError", "InvalidArgument"},
                                                                      {"SerializationException", "InvalidArgument"},
                                                                      {"MalformedInput", "MalformedXML"},
                                                                      {"RequestEntityTooLargeException", "EntityTooLarge"},
                                                                      {"MissingAuthenticationToken", "AccessDenied"},
                                                                      {"MissingAuthenticationTokenException", "AccessDenied"},
                                                                      {"IncompleteSignature", "AuthorizationHeaderMalformed"},
                                                                      {"IncompleteSignatureException", "AuthorizationHeaderMalformed"}};
  const auto found = others.find(code);
  return found == others.end() ? code : std::string(found->second);
}

std::string_view root_name(const Route& route, const Shape& shape) {
  static const std::map<std::string_view, std::string_view> of_s3 = {{"ListBucketsOutput", "ListAllMyBucketsResult"},
                                                                     {"ListObjectsOutput", "ListBucketResult"},
                                                                     {"ListObjectsV2Output", "ListBucketResult"},
                                                                     {"CreateMultipartUploadOutput", "InitiateMultipartUploadResult"},
                                                                     {"CompleteMultipartUploadOutput", "CompleteMultipartUploadResult"},
                                                                     {"DeleteObjectsOutput", "DeleteResult"},
                                                                     {"ListPartsOutput", "ListPartsResult"},
                                                                     {"ListMultipartUploadsOutput", "ListMultipartUploadsResult"}};
  if (!is_s3(route.service)) return shape.name;
  const auto found = of_s3.find(shape.name);
  return found == of_s3.end() ? std::string_view(shape.name) : found->second;
}

Parsed<Document> read_body(const Shape& shape, const std::string& body) {
  const Member* payload = shape.payload.empty() ? nullptr : shape.member(shape.payload);
  Object out;
  if (!shape.payload.empty() && (!payload || body.empty())) return Document(std::move(out));
  if (payload && !payload->shape->is_aggregate()) {
    if (payload->shape->type != ShapeType::blob && !is_utf8(body)) return wire_fail("MalformedXML", "The body is not UTF-8");
    out.emplace(payload->name, boost::json::string(body));
    return Document(std::move(out));
  }
  if (body.empty() || !has_body_members(shape)) return Document(std::move(out));
  const auto root = parse_xml(body);
  if (!root) return wire_fail("MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema");
  if (!payload) return read_xml_members(*root, shape, "");
  Parsed<Document> value = read_xml_members(*root, *payload->shape, payload->name);
  if (!value) return value;
  out.emplace(payload->name, std::move(*value));
  return Document(std::move(out));
}

/// The body and the headers without the chunks; checksums that came after them stand among the headers.
Parsed<HttpRequest> without_chunks(const HttpRequest& request) {
  auto chunked = sigv4::parse_aws_chunked(request.body);
  if (!chunked) return wire_fail(chunked.error().reason, chunked.error().message);
  HttpRequest plain{.method = request.method, .target = request.target, .path = request.path, .query = request.query, .headers = request.headers, .body = chunked->joined()};
  const auto length = parse_integer(request.headers.get("x-amz-decoded-content-length"));
  if (length && *length != static_cast<std::int64_t>(plain.body.size()))
    return wire_fail("IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header");
  for (const auto& [name, value] : chunked->trailers)
    if (name.starts_with("x-amz-checksum-")) plain.headers.set(name, value);
  // what is left of the encodings is the object's own
  std::string encoding(request.headers.get("Content-Encoding"));
  if (const auto at = encoding.find("aws-chunked"); at != std::string::npos) encoding.erase(at, 11);
  while (!encoding.empty() && (encoding.front() == ',' || encoding.front() == ' ')) encoding.erase(0, 1);
  while (!encoding.empty() && (encoding.back() == ',' || encoding.back() == ' ')) encoding.pop_back();
  Headers headers;
  for (const auto& [name, value] : plain.headers.fields())
    if (const bool is_encoding = name.size() == 16 && (name[0] | 32) == 'c' && (name[8] | 32) == 'e'; !is_encoding) headers.add(name, value);
  if (!encoding.empty()) headers.add("Content-Encoding", encoding);
  plain.headers = std::move(headers);
  return plain;
}

class RestXmlCodec final : public Codec {
 public:
  Parsed<Document> parse(const Route& route, const HttpRequest& request) const override {
    if (!sigv4::is_aws_chunked(request)) return read_rest_input(route, request, read_body);
    const auto plain = without_chunks(request);
    if (!plain) return std::unexpected(plain.error());
    return read_rest_input(route, *plain, read_body);
  }

  HttpResponse write(const Route& route, const Document& output, std::string_view request_id) const override {
    HttpResponse response{.status = route.operation->response_code};
    response.headers.add(is_s3(route.service) ? "x-amz-request-id" : "x-amzn-RequestId", std::string(request_id));
    if (const Shape* shape = route.operation->output) {
      write_bound_members(response, output, *shape);
      write_body(response, route, output, *shape);
    }
    // a range is a part
    if (response.status == 200 && response.headers.has("Content-Range")) response.status = 206;
    if (response.status == 204 || response.status == 304) response.body.clear();
    if (!response.headers.has("Content-Type") && !response.body.empty()) response.headers.add("Content-Type", std::string(xml_type));
    return response;
  }

  HttpResponse write_error(const ErrorContext& context, const WireError& error, std::string_view request_id) const override {
    ShownError shown = show(error, context.service, context.protocol);
    if (is_s3(context.service)) shown.code = code_of_s3(shown.code);
    HttpResponse response{.status = shown.status};
    response.headers.add(is_s3(context.service) ? "x-amz-request-id" : "x-amzn-RequestId", std::string(request_id));
    if (shown.status == 304) return response;
    response.headers.add("Content-Type", std::string(xml_type));
    if (shown.shape) write_bound_members(response, error_members(error, shown.shape), *shown.shape);
    response.status = shown.status;
    std::string members;
    if (shown.shape) {
      Document further = error.members;
      further.get_object().erase(message_member(shown.shape));
      write_xml_members(members, further, *shown.shape);
    } else {
      for (const auto& [name, value] : error.members)
        if (value.is_string()) members += "<" + std::string(name) + ">" + escape_xml(std::string_view(value.get_string())) + "</" + std::string(name) + ">";
    }
    const std::string said = shown.code == "InvalidAccessKeyId" ? "The AWS Access Key Id you provided does not exist in our records." : error.message;
    const std::string words = "<Code>" + escape_xml(shown.code) + "</Code><Message>" + escape_xml(said) + "</Message>" + members;
    const std::string id = "<RequestId>" + escape_xml(request_id) + "</RequestId>";
    response.body = declaration;
    if (is_s3(context.service))
      response.body += "<Error>" + words + id + "</Error>";
    else
      response.body += "<ErrorResponse><Error><Type>" + std::string(shown.is_fault ? "Receiver" : "Sender") + "</Type>" + words + "</Error>" + id + "</ErrorResponse>";
    return response;
  }

 private:
  static void write_body(HttpResponse& response, const Route& route, const Document& output, const Shape& shape) {
    if (is_s3(route.service) && route.operation->name == "GetBucketLocation") {
      const std::string place = text_or(output, "LocationConstraint");
      response.body = std::string(declaration) + "<LocationConstraint xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">" + escape_xml(place) + "</LocationConstraint>";
      return;
    }
    const Member* payload = shape.payload.empty() ? nullptr : shape.member(shape.payload);
    const Document* value = payload ? find(output, payload->name) : &output;
    if (payload && !payload->shape->is_aggregate()) {
      if (value && value->is_string()) response.body = value->get_string();
      if (!response.headers.has("Content-Type")) response.headers.add("Content-Type", payload->shape->type == ShapeType::blob ? "binary/octet-stream" : "text/plain");
      return;
    }
    if (!value || value->is_null() || (!payload && !has_body_members(shape))) return;
    const std::string name(payload ? (payload->location_name.empty() ? std::string_view(payload->shape->name) : payload->wire_name()) : root_name(route, shape));
    const std::string& space = is_s3(route.service) && route.service->xml_namespace.empty() ? s3_namespace() : route.service->xml_namespace;
    response.body = std::string(declaration) + "<" + name + (space.empty() ? "" : " xmlns=\"" + escape_xml(space) + "\"") + ">";
    write_xml_members(response.body, *value, payload ? *payload->shape : shape);
    response.body += "</" + name + ">";
  }

  static const std::string& s3_namespace() {
    static const std::string space = "http://s3.amazonaws.com/doc/2006-03-01/";
    return space;
  }
};

}  // namespace

const Codec& rest_xml_codec() {
  static const RestXmlCodec codec;
  return codec;
}

}  // namespace tocsin::wire
