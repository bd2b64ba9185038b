#include "telemetry/promql/promql_value.h"

#include <re2/re2.h>

#include <algorithm>
#include <bit>
#include <memory>

namespace tocsin::promql {

const std::string& label_of(const Labels& labels, std::string_view name) {
  static const std::string none;
  const auto found =
      std::lower_bound(labels.begin(), labels.end(), name, [](const auto& label, std::string_view key) { return label.first < key; });
  return found != labels.end() && found->first == name ? found->second : none;
}

void set_label(Labels& labels, std::string_view name, std::string value) {
  const auto at =
      std::lower_bound(labels.begin(), labels.end(), name, [](const auto& label, std::string_view key) { return label.first < key; });
  const bool there = at != labels.end() && at->first == name;
  if (value.empty()) {
    if (there) labels.erase(at);
  } else if (there) {
    at->second = std::move(value);
  } else {
    labels.emplace(at, std::string(name), std::move(value));
  }
}

std::string key_of(const Labels& labels) {
  std::string key;
  for (const auto& [name, value] : labels) {
    key += name;
    key += '\xff';
    key += value;
    key += '\xfe';
  }
  return key;
}

bool is_stale_marker(double value) { return std::bit_cast<std::uint64_t>(value) == 0x7ff0000000000002; }

Result<MatcherSet> MatcherSet::make(const std::vector<Matcher>& matchers) {
  MatcherSet set;
  set.matchers_ = matchers;
  for (const Matcher& matcher : matchers) {
    const bool wants = matcher.kind == MatchKind::equal || matcher.kind == MatchKind::regex;
    if (matcher.kind == MatchKind::equal || matcher.kind == MatchKind::not_equal) {
      set.tests_.push_back([value = matcher.value, wants](const std::string& text) { return (text == value) == wants; });
      continue;
    }
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    options.set_dot_nl(true);
    auto regex = std::make_shared<RE2>(matcher.value, options);
    if (!regex->ok()) return fail(ErrorKind::invalid, "error parsing regexp: " + regex->error());
    set.tests_.push_back([regex, wants](const std::string& text) { return RE2::FullMatch(text, *regex) == wants; });
  }
  return set;
}

bool MatcherSet::matches(const Labels& labels) const {
  for (std::size_t i = 0; i < tests_.size(); ++i)
    if (!tests_[i](label_of(labels, matchers_[i].label))) return false;
  return true;
}

}  // namespace tocsin::promql
