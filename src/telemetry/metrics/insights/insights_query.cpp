#include "telemetry/metrics/insights/insights_query.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "telemetry/metrics/insights/insights_tokens.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t limit_max = 500;

bool same_word(std::string_view text, std::string_view word) {
  return std::equal(text.begin(), text.end(), word.begin(), word.end(),
                    [](unsigned char a, unsigned char b) { return std::toupper(a) == std::toupper(b); });
}

std::optional<InsightsFunction> function_named(std::string_view name) {
  if (same_word(name, "AVG")) return InsightsFunction::avg;
  if (same_word(name, "COUNT")) return InsightsFunction::count;
  if (same_word(name, "MAX")) return InsightsFunction::max;
  if (same_word(name, "MIN")) return InsightsFunction::min;
  if (same_word(name, "SUM")) return InsightsFunction::sum;
  return std::nullopt;
}

/// One clause after the other; the first thing that is not as it should be is the error.
class InsightsParser {
 public:
  InsightsParser(std::vector<InsightsToken> tokens, std::size_t size) : tokens_(std::move(tokens)), size_(size) {}

  Result<InsightsQuery> whole() {
    InsightsQuery query;
    const bool parsed = select(query) && from(query) && where(query) && group(query) && order(query) && limit(query);
    if (parsed && at_ < tokens_.size()) expected("the end of the query");
    if (!error_.empty()) return fail(ErrorKind::invalid, "Invalid Metrics Insights query: " + error_);
    return query;
  }

 private:
  const InsightsToken* next() const { return at_ < tokens_.size() ? &tokens_[at_] : nullptr; }

  bool expected(std::string_view what) {
    if (!error_.empty()) return false;
    const InsightsToken* token = next();
    error_ = "expected " + std::string(what) + (token ? ", got '" + token->text + "'" : "") + " at position " +
             std::to_string(token ? token->position : size_);
    return false;
  }

  bool take_word(std::string_view word) {
    if (!next() || next()->kind != InsightsTokenKind::word || !same_word(next()->text, word)) return false;
    ++at_;
    return true;
  }
  bool take_sign(std::string_view sign) {
    if (!next() || next()->kind != InsightsTokenKind::sign || next()->text != sign) return false;
    ++at_;
    return true;
  }
  bool need_word(std::string_view word) { return take_word(word) || expected(word); }
  bool need_sign(std::string_view sign) { return take_sign(sign) || expected("'" + std::string(sign) + "'"); }

  bool identifier(std::string& name, std::string_view what) {
    const InsightsToken* token = next();
    if (!token || token->text.empty()) return expected(what);
    const bool bare = token->kind == InsightsTokenKind::word && !is_insights_keyword(token->text) && !token->text.contains('.');
    if (!bare && token->kind != InsightsTokenKind::quoted) return expected(what);
    name = token->text;
    ++at_;
    return true;
  }

  bool function(InsightsFunction& function) {
    const auto named = next() && next()->kind == InsightsTokenKind::word ? function_named(next()->text) : std::nullopt;
    if (!named) return expected("one of AVG, COUNT, MAX, MIN, SUM");
    function = *named;
    ++at_;
    return true;
  }

  bool select(InsightsQuery& query) {
    return need_word("SELECT") && function(query.function) && need_sign("(") && identifier(query.metric_name, "a metric name") &&
           need_sign(")");
  }

  bool from(InsightsQuery& query) {
    if (!need_word("FROM")) return false;
    if (!take_word("SCHEMA")) return identifier(query.metric_namespace, "a namespace");
    if (!need_sign("(") || !identifier(query.metric_namespace, "a namespace")) return false;
    query.dimensions.emplace();
    while (take_sign(","))
      if (!identifier(query.dimensions->emplace_back(), "a label key")) return false;
    std::sort(query.dimensions->begin(), query.dimensions->end());
    return need_sign(")");
  }

  bool key(InsightsKey& key) {
    const InsightsToken* token = next();
    if (token && token->kind == InsightsTokenKind::word && token->text == "AWS.AccountId") {
      key.kind = InsightsKey::Kind::account;
      ++at_;
      return true;
    }
    if (token && token->kind == InsightsTokenKind::word && token->text.starts_with("tag.")) return tag(key);
    return identifier(key.name, "a label key");
  }

  bool tag(InsightsKey& key) {
    key.kind = InsightsKey::Kind::tag;
    key.name = next()->text.substr(4);
    ++at_;
    // tag."a key"
    if (key.name.empty() && next() && next()->kind == InsightsTokenKind::quoted) key.name = tokens_[at_++].text;
    return !key.name.empty() || expected("a tag key");
  }

  bool condition(InsightsCondition& condition) {
    if (!key(condition.key)) return false;
    if (take_sign("!="))
      condition.equal = false;
    else if (!take_sign("="))
      return expected("= or !=");
    if (condition.key.kind == InsightsKey::Kind::account && take_word("CURRENT_ACCOUNT_ID")) return need_sign("(") && need_sign(")");
    const bool is_text = next() && next()->kind == InsightsTokenKind::text;
    const bool is_account = condition.key.kind == InsightsKey::Kind::account && next() && next()->kind == InsightsTokenKind::word;
    if (!is_text && !is_account) return expected("a label value in single quotation marks");
    condition.value = next()->text;
    ++at_;
    return true;
  }

  bool where(InsightsQuery& query) {
    if (!take_word("WHERE")) return true;
    do {
      if (!condition(query.conditions.emplace_back())) return false;
    } while (take_word("AND"));
    return true;
  }

  bool group(InsightsQuery& query) {
    if (!take_word("GROUP")) return true;
    if (!need_word("BY")) return false;
    do {
      if (!key(query.group_by.emplace_back())) return false;
    } while (take_sign(","));
    return true;
  }

  bool order(InsightsQuery& query) {
    if (!take_word("ORDER")) return true;
    query.order.emplace();
    if (!need_word("BY") || !function(query.order->by) || !need_sign("(") || !need_sign(")")) return false;
    query.order->descending = take_word("DESC");
    if (!query.order->descending) take_word("ASC");
    return true;
  }

  bool limit(InsightsQuery& query) {
    if (!take_word("LIMIT")) return true;
    std::size_t limit = 0;
    if (next() && next()->kind == InsightsTokenKind::word) {
      const std::string& text = next()->text;
      const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
      if (error != std::errc{} || end != text.data() + text.size()) limit = 0;
    }
    if (limit < 1 || limit > limit_max) return expected("a limit from 1 to 500");
    query.limit = limit;
    ++at_;
    return true;
  }

  std::vector<InsightsToken> tokens_;
  std::size_t size_, at_ = 0;
  std::string error_;
};

std::optional<std::string> value_of(const InsightsKey& key, const Scope& scope, const MetricId& metric) {
  if (key.kind == InsightsKey::Kind::account) return scope.account;
  if (key.kind == InsightsKey::Kind::tag) return std::nullopt;
  for (const auto& [name, value] : metric.dimensions)
    if (name == key.name) return value;
  return std::nullopt;
}

}  // namespace

bool InsightsQuery::matches(const Scope& scope, const MetricId& metric) const {
  if (metric.metric_namespace != metric_namespace || metric.name != metric_name) return false;
  if (dimensions) {
    std::vector<std::string> names;
    for (const auto& [name, value] : metric.dimensions) names.push_back(name);
    std::sort(names.begin(), names.end());
    if (names != *dimensions) return false;
  }
  return std::all_of(conditions.begin(), conditions.end(), [&](const InsightsCondition& condition) {
    return (value_of(condition.key, scope, metric) == condition.value.value_or(scope.account)) == condition.equal;
  });
}

std::vector<std::string> InsightsQuery::group_of(const Scope& scope, const MetricId& metric) const {
  std::vector<std::string> group;
  for (const InsightsKey& key : group_by) group.push_back(value_of(key, scope, metric).value_or("Other"));
  return group;
}

bool is_insights_query(std::string_view expression) {
  const auto from = expression.find_first_not_of(" \t\r\n");
  if (from == std::string_view::npos || expression.size() - from < 7) return false;
  return same_word(expression.substr(from, 6), "SELECT") && std::isspace(static_cast<unsigned char>(expression[from + 6]));
}

Result<InsightsQuery> parse_insights(std::string_view text) {
  auto tokens = insights_tokens(text);
  if (!tokens) return std::unexpected(tokens.error());
  return InsightsParser(std::move(*tokens), text.size()).whole();
}

}  // namespace tocsin::telemetry
