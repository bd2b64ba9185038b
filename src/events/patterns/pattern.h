// Event patterns: the pure matcher of rules, filter policies and event source filters.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
// Operators: exact, null, prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, cidr, exists, $or.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "events/patterns/flat_event.h"
#include "events/patterns/value_test.h"

namespace tocsin::events {

/// All tests of one field; one must hold.
struct FieldTest {
  std::string path;  ///< names joined by dots
  std::vector<ValueTest> any_of;
};

/// Fields that must all hold, of leaves that lie in the same elements of the arrays that they share.
using Alternative = std::vector<FieldTest>;

/// Immutable; copies share. Threads: any.
class Pattern {
 public:
  /// One alternative for each combination of the pattern's $or branches.
  explicit Pattern(std::vector<Alternative> alternatives);
  bool matches(const FlatEvent& event) const;
  bool matches(const Document& event) const { return matches(FlatEvent(event)); }
  const std::vector<Alternative>& alternatives() const { return *alternatives_; }
  bool has_wildcard() const { return has_wildcard_; }

 private:
  std::shared_ptr<const std::vector<Alternative>> alternatives_;
  bool has_wildcard_ = false;
};

/// The error's message is the service's reason and position, without "Event pattern is not valid. Reason: ".
Result<Pattern> compile_pattern(std::string_view text);
/// What EventBridge puts before it.
std::string invalid_pattern_words(const Error& error);

}  // namespace tocsin::events
