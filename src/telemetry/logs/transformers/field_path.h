// "store.book": where a field stands in the event. Dots go into objects, at most three deep.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"

namespace tocsin::telemetry::transformers {

class FieldPath {
 public:
  /// `invalid` when it is deeper than three or has an empty part.
  static Result<FieldPath> parse(std::string_view text);
  /// nullptr when it is not there.
  Document* find(Object& root) const;
  /// Makes the objects on the way; false when something else stands there, or it exists and is not to be overwritten.
  bool set(Object& root, Document value, bool overwrite) const;
  std::optional<Document> take(Object& root) const;
  const std::string& last() const { return parts_.back(); }

 private:
  std::vector<std::string> parts_;
};

}  // namespace tocsin::telemetry::transformers
