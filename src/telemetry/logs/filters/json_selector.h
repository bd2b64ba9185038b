// "$.users[0].name", "$.['a.b']", "$.list[*]", "$.*": which values of a JSON object are meant.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/document.h"
#include "telemetry/logs/filters/condition.h"

namespace tocsin::telemetry::filters {

class JsonSelector {
 public:
  /// Reads one from the pattern. `invalid`.
  static Result<JsonSelector> read(PatternReader& in);
  /// The values, in their order; more than one only with a wildcard.
  std::vector<const Document*> select(const Document& document) const;
  bool has_wildcard() const;
  const std::string& text() const { return text_; }

 private:
  struct Step {
    std::string name;
    std::optional<std::size_t> index;
    bool wildcard = false;
  };
  static Result<Step> member(PatternReader& in);
  static Result<Step> element(PatternReader& in);
  void select(const Document& document, std::size_t at, std::vector<const Document*>& found) const;

  std::vector<Step> steps_;
  std::string text_;
};

/// A string as it is, a number or truth as it is written; nullopt for null, objects and arrays, which compare with nothing.
std::optional<std::string> scalar_text(const Document& value);

}  // namespace tocsin::telemetry::filters
