#include "detect/alarms/composite_rule.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include "model/arn.h"

namespace tocsin::detect {
namespace {

constexpr std::size_t text_max = 10'240;
constexpr int elements_max = 500, depth_max = 250;
constexpr std::size_t alarms_max = 100;

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)); }
bool ends_reference(char c) { return is_blank(c) || c == '(' || c == ')' || c == ','; }
bool in_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_'; }

class RuleParser {
 public:
  explicit RuleParser(std::string_view text) : all_(text), rest_(text) {}

  Result<CompositeRule> whole() {
    auto rule = any();
    skip_blanks();
    if (rule && !rest_.empty()) expect({});
    if (!rule || !rest_.empty()) return fail(ErrorKind::invalid, "Error in AlarmRule [" + fault() + "]");
    return std::move(*rule);
  }

 private:
  using Maybe = std::optional<CompositeRule>;

  /// The first fault stands.
  std::nullopt_t expect(std::string_view wanted) {
    if (!fault_) fault_ = {all_.size() - rest_.size(), std::string(wanted)};
    return std::nullopt;
  }
  std::nullopt_t stop(std::string words) {
    if (words_.empty()) words_ = std::move(words);
    return std::nullopt;
  }

  std::string fault() const {
    if (!words_.empty()) return words_;
    const std::string_view from = all_.substr(fault_->first);
    std::size_t size = 0;
    while (size < from.size() && in_word(from[size])) ++size;
    const std::string token = from.empty() ? "<EOF>" : std::string(from.substr(0, std::max<std::size_t>(size, 1)));
    std::string text = "Unsupported token '" + token + "' at char " + std::to_string(fault_->first);
    if (!fault_->second.empty()) text += ", must be: '" + fault_->second + '\'';
    return text;
  }

  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  bool must(char c) {
    if (take(c)) return true;
    expect(std::string_view(&c, 1));
    return false;
  }
  bool take_word(std::string_view word) {
    skip_blanks();
    if (!rest_.starts_with(word) || (rest_.size() > word.size() && in_word(rest_[word.size()]))) return false;
    rest_.remove_prefix(word.size());
    return true;
  }
  /// Child alarms, TRUE, FALSE and parentheses.
  bool count_element() {
    if (++elements_ <= elements_max) return true;
    stop("The rule must not contain more than 500 elements");
    return false;
  }

  Maybe joined(RuleKind kind, std::string_view word, Maybe (RuleParser::*next)()) {
    Maybe first = (this->*next)();
    if (!first) return first;
    CompositeRule rule{.kind = kind, .alarms = {}, .parts = {}};
    rule.parts.push_back(std::move(*first));
    while (take_word(word)) {
      Maybe more = (this->*next)();
      if (!more) return more;
      rule.parts.push_back(std::move(*more));
    }
    return rule.parts.size() == 1 ? Maybe(std::move(rule.parts.front())) : Maybe(std::move(rule));
  }
  Maybe any() { return joined(RuleKind::any, "OR", &RuleParser::all); }
  Maybe all() { return joined(RuleKind::all, "AND", &RuleParser::one); }

  Maybe one() {
    if (++depth_ > depth_max) return stop("The rule is nested too deep");
    Maybe rule = unguarded();
    --depth_;
    return rule;
  }

  Maybe unguarded() {
    if (take_word("NOT")) {
      Maybe inner = one();
      if (!inner) return inner;
      CompositeRule negation{.kind = RuleKind::negation, .alarms = {}, .parts = {}};
      negation.parts.push_back(std::move(*inner));
      return negation;
    }
    for (const bool value : {true, false})
      if (take_word(value ? "TRUE" : "FALSE"))
        return count_element() ? Maybe(CompositeRule{.value = value, .alarms = {}, .parts = {}}) : std::nullopt;
    if (take_word("AT_LEAST")) return at_least();
    if (const auto state = take_state()) return state_is(*state);
    if (!take('(')) return expect({});
    if (!count_element()) return std::nullopt;
    Maybe inner = any();
    return inner && must(')') ? std::move(inner) : std::nullopt;
  }

  std::optional<AlarmState> take_state() {
    if (take_word("ALARM")) return AlarmState::alarm;
    if (take_word("OK")) return AlarmState::ok;
    if (take_word("INSUFFICIENT_DATA")) return AlarmState::insufficient_data;
    return std::nullopt;
  }

  Maybe state_is(AlarmState state) {
    if (!must('(')) return std::nullopt;
    const auto reference = take_reference();
    if (!reference || !must(')')) return std::nullopt;
    return CompositeRule{.kind = RuleKind::state_is, .state = state, .alarms = {*reference}, .parts = {}};
  }

  Maybe at_least() {
    CompositeRule rule{.kind = RuleKind::at_least, .alarms = {}, .parts = {}};
    if (!must('(') || !take_number(rule.least)) return std::nullopt;
    rule.percent = take('%');
    if (!must(',')) return std::nullopt;
    rule.not_state = take_word("NOT");
    const auto state = take_state();
    if (!state) return expect({});
    if (!must(',') || !must('(')) return std::nullopt;
    rule.state = *state;
    do {
      const auto reference = take_reference();
      if (!reference) return std::nullopt;
      rule.alarms.push_back(*reference);
    } while (take(','));
    if (!must(')') || !must(')')) return std::nullopt;
    const std::int64_t most = rule.percent ? 100 : static_cast<std::int64_t>(rule.alarms.size());
    if (rule.least >= 1 && rule.least <= most) return rule;
    return stop("The first argument of AT_LEAST must be between 1 and " + std::to_string(most) + (rule.percent ? "%" : ""));
  }

  bool take_number(std::int64_t& number) {
    skip_blanks();
    const auto [end, error] = std::from_chars(rest_.data(), rest_.data() + rest_.size(), number);
    if (error != std::errc{}) return expect({}), false;
    rest_.remove_prefix(static_cast<std::size_t>(end - rest_.data()));
    return true;
  }

  std::optional<std::string> take_reference() {
    skip_blanks();
    std::string reference;
    const std::string_view before = rest_;
    if (!rest_.empty() && rest_.front() == '"') {
      rest_.remove_prefix(1);
      while (!rest_.empty() && rest_.front() != '"') {
        if (rest_.front() == '\\' && rest_.size() > 1) rest_.remove_prefix(1);
        reference += rest_.front();
        rest_.remove_prefix(1);
      }
      if (rest_.empty()) return expect("\"");
      rest_.remove_prefix(1);
    } else {
      while (!rest_.empty() && !ends_reference(rest_.front())) {
        reference += rest_.front();
        rest_.remove_prefix(1);
      }
    }
    if (reference.empty()) return rest_ = before, expect({});
    if (!count_element()) return std::nullopt;
    return reference;
  }

  std::string_view all_, rest_;
  std::optional<std::pair<std::size_t, std::string>> fault_;
  std::string words_;
  int elements_ = 0, depth_ = 0;
};

void gather(const CompositeRule& rule, std::set<std::string>& names) {
  for (const std::string& alarm : rule.alarms) names.insert(alarm_name_of(alarm));
  for (const CompositeRule& part : rule.parts) gather(part, names);
}

}  // namespace

std::string alarm_name_of(const std::string& reference) {
  const auto arn = parse_arn(reference);
  if (!arn || arn->service != "cloudwatch" || !arn->resource.starts_with("alarm:")) return reference;
  return arn->resource.substr(6);
}

Result<CompositeRule> parse_composite_rule(std::string_view text) {
  if (text.size() > text_max) return fail(ErrorKind::invalid, "AlarmRule must not exceed 10240 characters");
  if (text.empty() || is_blank(text.front()) || is_blank(text.back()))
    return fail(ErrorKind::invalid, "AlarmRule must not contain leading or trailing whitespace or be null");
  auto rule = RuleParser(text).whole();
  if (rule && alarms_of(*rule).size() > alarms_max)
    return fail(ErrorKind::invalid, "AlarmRule must not contain more than 100 child alarms");
  return rule;
}

std::vector<std::string> alarms_of(const CompositeRule& rule) {
  std::set<std::string> names;
  gather(rule, names);
  return {names.begin(), names.end()};
}

bool holds(const CompositeRule& rule, const std::function<std::optional<AlarmState>(const std::string&)>& state_of) {
  const auto part_holds = [&](const CompositeRule& part) { return holds(part, state_of); };
  switch (rule.kind) {
    case RuleKind::constant:
      return rule.value;
    case RuleKind::state_is:
      return state_of(rule.alarms.front()) == rule.state;
    case RuleKind::negation:
      return !holds(rule.parts.front(), state_of);
    case RuleKind::all:
      return std::all_of(rule.parts.begin(), rule.parts.end(), part_holds);
    case RuleKind::any:
      return std::any_of(rule.parts.begin(), rule.parts.end(), part_holds);
    case RuleKind::at_least:
      break;
  }
  const auto count = std::count_if(rule.alarms.begin(), rule.alarms.end(), [&](const std::string& alarm) {
    const auto state = state_of(alarm);
    return state && (*state == rule.state) != rule.not_state;
  });
  return rule.percent ? count * 100 >= rule.least * static_cast<std::int64_t>(rule.alarms.size()) : count >= rule.least;
}

}  // namespace tocsin::detect
