#include "wire/otlp/message.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/util/json_util.h>

#include "wire/otlp/json_ids.h"

namespace tocsin::wire::otlp {
namespace pb = google::protobuf;

Result<void> read_message(std::string_view body, Encoding encoding, pb::Message& into) {
  // what a caller sent wrong is the caller's to hear, not a line on our stderr each time
  static const auto silenced = pb::SetLogHandler(nullptr);
  (void)silenced;
  if (encoding == Encoding::protobuf) {
    if (!into.ParseFromArray(body.data(), static_cast<int>(body.size()))) return fail(ErrorKind::invalid, "The body is not a protobuf message of this kind.");
    return {};
  }
  const Result<std::string> json = with_base64_ids(body);
  if (!json) return std::unexpected(json.error());
  pb::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;
  const auto status = pb::util::JsonStringToMessage(*json, &into, options);
  if (!status.ok()) return fail(ErrorKind::invalid, "The body is not JSON of this kind: " + std::string(status.message()));
  return {};
}

std::string write_message(const pb::Message& message, Encoding encoding) {
  if (encoding == Encoding::protobuf) return message.SerializeAsString();
  std::string json;
  (void)pb::util::MessageToJsonString(message, &json);
  return json;
}

}  // namespace tocsin::wire::otlp
