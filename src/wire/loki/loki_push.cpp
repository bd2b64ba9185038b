#include "wire/loki/loki_push.h"

#include <snappy.h>

#include <boost/json.hpp>
#include <charconv>

#include "base/document.h"

namespace tocsin::wire {
namespace {

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

/// Nanoseconds as text.
std::optional<std::int64_t> time_of(const Document& value) {
  if (!value.is_string()) return std::nullopt;
  const auto& text = value.get_string();
  std::int64_t time_ns = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), time_ns);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return time_ns;
}

LokiLabels labels_of(const Object& object) {
  LokiLabels labels;
  for (const auto& [name, value] : object) labels[name] = value.is_string() ? std::string(value.get_string()) : to_json(value);
  return labels;
}

Result<std::vector<LokiStream>> parse_push_json(std::string_view body) {
  const auto document = parse_json(body);
  if (!document || !document->is_object()) return invalid("The body is no JSON object.");
  std::vector<LokiStream> streams;
  for (const Document& each : array_at(*document, "streams")) {
    LokiStream& stream = streams.emplace_back();
    stream.labels = labels_of(object_at(each, "stream"));
    for (const Document& value : array_at(each, "values")) {
      const Array* parts = value.if_array();
      if (!parts || parts->size() < 2 || !(*parts)[1].is_string()) return invalid("A value must be [\"time in ns\", \"line\"].");
      const auto time_ns = time_of((*parts)[0]);
      if (!time_ns) return invalid("The time of a value must be nanoseconds as a string.");
      LokiEntry entry{*time_ns, std::string((*parts)[1].get_string()), {}};
      if (parts->size() > 2 && (*parts)[2].is_object()) entry.metadata = labels_of((*parts)[2].get_object());
      stream.entries.push_back(std::move(entry));
    }
  }
  return streams;
}

}  // namespace

Result<LokiLabels> parse_loki_labels(std::string_view text) {
  LokiLabels labels;
  std::size_t at = 0;
  const auto skip = [&](std::string_view characters) {
    while (at < text.size() && characters.find(text[at]) != std::string_view::npos) ++at;
  };
  skip(" ");
  if (at == text.size() || text[at++] != '{') return invalid("Labels must begin with '{'.");
  for (skip(" ,"); at < text.size() && text[at] != '}'; skip(" ,")) {
    const std::size_t equals = text.find('=', at);
    if (equals == std::string_view::npos || equals + 1 >= text.size() || text[equals + 1] != '"')
      return invalid("A label must be name=\"value\".");
    std::string name(text.substr(at, equals - at)), value;
    while (name.ends_with(' ')) name.pop_back();
    for (at = equals + 2; at < text.size() && text[at] != '"'; ++at) {
      if (text[at] == '\\' && at + 1 < text.size()) {
        ++at;
        value += text[at] == 'n' ? '\n' : text[at] == 't' ? '\t' : text[at];
      } else {
        value += text[at];
      }
    }
    if (at++ >= text.size() || name.empty()) return invalid("A label's value is not closed.");
    labels[name] = value;
  }
  if (at >= text.size()) return invalid("Labels must end with '}'.");
  return labels;
}

Result<std::vector<LokiStream>> parse_loki_push(std::string_view content_type, std::string_view body, std::size_t bytes_max) {
  if (content_type.starts_with("application/json")) return parse_push_json(body);
  if (!content_type.empty() && !content_type.starts_with("application/x-protobuf"))
    return fail(ErrorKind::unsupported, "The content type must be application/json or application/x-protobuf.");
  std::size_t size = 0;
  if (!snappy::GetUncompressedLength(body.data(), body.size(), &size)) return invalid("The body is not compressed by snappy.");
  if (size > bytes_max) return fail(ErrorKind::limit_exceeded, "The body is larger than this server takes.");
  std::string bytes;
  if (!snappy::Uncompress(body.data(), body.size(), &bytes)) return invalid("The body is not compressed by snappy.");
  return parse_push_request(bytes);
}

}  // namespace tocsin::wire
