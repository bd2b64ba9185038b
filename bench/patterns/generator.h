// The data of the benchmark, the same for both matchers: features like those of San Francisco's city lots, and rules that ask of them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace tocsin::bench {

/// GeoJSON features of about 780 bytes, seeded.
std::vector<std::string> make_features(std::size_t count);

struct RuleKind {
  std::string name;
  double goal;  ///< how many times the peer's speed
  std::vector<std::string> patterns;
};
/// Of each kind `count` rules; none of them matches more than a small share of the features, but for anything-but.
std::vector<RuleKind> make_rule_kinds(const std::vector<std::string>& features, std::size_t count);
/// Rules for exact values of two fields.
std::vector<std::string> make_exact_rules(std::size_t count);

}  // namespace tocsin::bench
