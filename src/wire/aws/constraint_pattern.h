// A model's `pattern`, compiled once. The whole value must match, as the services do it (Java's matches()).
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tocsin::wire {

/// Compiles on first use; thread-safe. RE2 where it can, Boost.Regex for look-around, back references and counts over 1,000.
class ConstraintPattern {
 public:
  explicit ConstraintPattern(std::string text);
  ~ConstraintPattern();
  bool matches(std::string_view value) const;
  /// Whether either engine could read the pattern; when not, everything matches.
  bool readable() const;

 private:
  struct Engine;
  const Engine& engine() const;
  std::string text_;
  mutable std::unique_ptr<Engine> engine_;
  struct Once;
  std::unique_ptr<Once> once_;
};

/// The pattern in RE2's words: \uXXXX becomes \x{XXXX}, surrogate pairs become the characters they mean.
std::string to_re2_syntax(std::string_view pattern);

}  // namespace tocsin::wire
