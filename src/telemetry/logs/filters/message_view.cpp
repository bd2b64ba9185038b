#include "telemetry/logs/filters/message_view.h"

#include <boost/json.hpp>

namespace tocsin::telemetry {
namespace {

/// Where the quotation or bracket that opens at `at` ends for good: before a blank or the end of the message. npos when it does not.
std::size_t closing(std::string_view text, std::size_t at) {
  const char open = text[at], close = open == '"' ? '"' : ']';
  int depth = 0;
  for (std::size_t i = at; i < text.size(); ++i) {
    if (open == '"' && text[i] == '\\') {
      ++i;
    } else if (open == '[' && text[i] == '[') {
      ++depth;
    } else if (text[i] == close && i > at && --depth <= 0) {
      return i + 1 == text.size() || text[i + 1] == ' ' ? i : std::string_view::npos;
    }
  }
  return std::string_view::npos;
}

std::vector<std::string_view> split(std::string_view text) {
  while (text.ends_with('\n') || text.ends_with('\r')) text.remove_suffix(1);
  std::vector<std::string_view> fields;
  for (std::size_t at = text.find_first_not_of(' '); at != std::string_view::npos; at = text.find_first_not_of(' ', at)) {
    const std::size_t close = text[at] == '"' || text[at] == '[' ? closing(text, at) : std::string_view::npos;
    if (close != std::string_view::npos) {
      fields.push_back(text.substr(at + 1, close - at - 1));
      at = close + 1;
    } else {
      const std::size_t end = std::min(text.find(' ', at), text.size());
      fields.push_back(text.substr(at, end - at));
      at = end;
    }
    if (at >= text.size()) break;
  }
  return fields;
}

}  // namespace

const Document* MessageView::json() const {
  if (!parsed_) {
    parsed_ = true;
    const std::size_t first = text_.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && text_[first] == '{')
      if (auto document = parse_json(text_); document && document->is_object()) json_ = std::move(*document);
  }
  return json_ ? &*json_ : nullptr;
}

const std::vector<std::string_view>& MessageView::fields() const {
  if (!fields_) fields_ = split(text_);
  return *fields_;
}

}  // namespace tocsin::telemetry
