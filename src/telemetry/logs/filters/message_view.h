// A message as patterns look at it: its text, and, made when first asked for, its JSON object and its fields. Many patterns may look at one
// message; it is taken apart once. Not thread-safe. The text must outlive it.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace tocsin::telemetry {

class MessageView {
 public:
  explicit MessageView(std::string_view text) : text_(text) {}
  std::string_view text() const { return text_; }
  /// nullptr when the message is no JSON object.
  const Document* json() const;
  /// Split at blanks; what stands in "…" or […] is one field, without them.
  const std::vector<std::string_view>& fields() const;

 private:
  std::string_view text_;
  mutable bool parsed_ = false;
  mutable std::optional<Document> json_;
  mutable std::optional<std::vector<std::string_view>> fields_;
};

}  // namespace tocsin::telemetry
