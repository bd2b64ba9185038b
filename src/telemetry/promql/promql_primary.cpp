// What operators join: literals, selectors, calls, aggregations, parentheses.
#include <charconv>
#include <limits>
#include <map>

#include "telemetry/promql/promql_functions.h"
#include "telemetry/promql/promql_parser.h"

namespace tocsin::promql {
namespace {

constexpr std::string_view aggregations[] = {"sum",    "avg",    "count", "min",     "max",          "group",
                                             "stddev", "stdvar", "topk",  "bottomk", "count_values", "quantile"};

bool is_aggregation(std::string_view name) {
  return std::find(std::begin(aggregations), std::end(aggregations), name) != std::end(aggregations);
}
bool has_parameter(std::string_view name) { return name == "topk" || name == "bottomk" || name == "count_values" || name == "quantile"; }
}  // namespace

Parser::Maybe Parser::primary() {
  const Token token = here();
  if (token.kind == TokenKind::number || token.kind == TokenKind::duration) return literal();
  if (token.kind == TokenKind::text) {
    ++at_;
    Expr expr{.kind = ExprKind::text, .text = token.text};
    expr.type = ValueType::text;
    return expr;
  }
  if (is("{")) return selector("");
  if (take("(")) {
    Maybe inner = binary(1);
    if (!inner || !must(")", "paren expression")) return std::nullopt;
    // what stands in parentheses takes no range of its own
    if (inner->kind == ExprKind::selector && is("[")) {
      Expr vector = std::move(*inner);
      return ranged_parenthesis(std::move(vector));
    }
    return inner;
  }
  if (token.kind != TokenKind::identifier) return fault("unexpected " + shown(token));
  const std::string word = lower_case(token.text);
  if (is_aggregation(word) && (ahead().text == "(" || lower_case(ahead().text) == "by" || lower_case(ahead().text) == "without"))
    return aggregation(word);
  if (ahead().kind == TokenKind::symbol && ahead().text == "(") return call();
  if (word == "inf" || word == "nan") return literal();
  ++at_;
  return selector(token.text);
}

Parser::Maybe Parser::ranged_parenthesis(Expr vector) {
  // (metric)[5m] is an error, (metric)[5m:1m] a subquery
  if (ahead(2).kind == TokenKind::symbol && ahead(2).text == "]") return fault("ranges only allowed for vector selectors");
  return ranged(std::move(vector));
}

Parser::Maybe Parser::literal() {
  const Token token = here();
  const std::string word = lower_case(token.text);
  Expr expr{.kind = ExprKind::number};
  if (word == "inf")
    expr.number = std::numeric_limits<double>::infinity();
  else if (word == "nan")
    expr.number = std::numeric_limits<double>::quiet_NaN();
  else if (token.kind == TokenKind::duration)
    return fault("unexpected duration " + shown(token));
  else if (!parse_number(token.text, expr.number))
    return fault("error parsing number: \"" + token.text + '"');
  ++at_;
  return expr;
}

bool Parser::parse_number(const std::string& text, double& number) {
  if (text.size() > 1 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), value, 16);
    number = static_cast<double>(value);
    return error == std::errc{} && end == text.data() + text.size();
  }
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

Parser::Maybe Parser::selector(const std::string& name) {
  Expr expr{.kind = ExprKind::selector};
  expr.type = ValueType::vector;
  if (!name.empty()) expr.matchers.push_back({std::string(metric_name_label), MatchKind::equal, name});
  if (take("{")) {
    while (!is("}")) {
      if (!matcher(expr)) return std::nullopt;
      if (!take(",")) break;
    }
    if (!must("}", "label matching")) return std::nullopt;
  }
  const bool selective = std::any_of(expr.matchers.begin(), expr.matchers.end(), [](const Matcher& each) {
    auto set = MatcherSet::make({each});
    return set && !set->matches({});
  });
  if (!selective) return fault("vector selector must contain at least one non-empty matcher");
  return expr;
}

bool Parser::matcher(Expr& expr) {
  const Token label = here();
  if (label.kind != TokenKind::identifier && label.kind != TokenKind::text)
    return fault("unexpected " + shown(label) + " in label matching, expected identifier or \"}\""), false;
  ++at_;
  if (label.kind == TokenKind::text && (is(",") || is("}"))) {
    if (!expr.matchers.empty() && expr.matchers.front().label == metric_name_label)
      return fault("metric name must not be set twice: \"" + expr.matchers.front().value + "\" or \"" + label.text + '"'), false;
    expr.matchers.push_back({std::string(metric_name_label), MatchKind::equal, label.text});
    return true;
  }
  static const std::map<std::string_view, MatchKind> kinds = {
      {"=", MatchKind::equal}, {"!=", MatchKind::not_equal}, {"=~", MatchKind::regex}, {"!~", MatchKind::not_regex}};
  const auto kind = here().kind == TokenKind::symbol ? kinds.find(here().text) : kinds.end();
  if (kind == kinds.end()) return fault("unexpected " + shown(here()) + " in label matching, expected label matching operator"), false;
  ++at_;
  if (here().kind != TokenKind::text) return fault("unexpected " + shown(here()) + " in label matching, expected string"), false;
  const Matcher matcher{label.text, kind->second, here().text};
  if (auto set = MatcherSet::make({matcher}); !set) return fault(set.error().message), false;
  ++at_;
  const bool named_twice = matcher.label == metric_name_label && matcher.kind == MatchKind::equal && !expr.matchers.empty() &&
                           expr.matchers.front().label == metric_name_label && expr.matchers.front().kind == MatchKind::equal;
  if (named_twice)
    return fault("metric name must not be set twice: \"" + expr.matchers.front().value + "\" or \"" + matcher.value + '"'), false;
  expr.matchers.push_back(matcher);
  return true;
}

bool Parser::arguments(std::vector<Expr>& parts) {
  if (!must("(", "call")) return false;
  while (!is(")")) {
    Maybe argument = binary(1);
    if (!argument) return false;
    parts.push_back(std::move(*argument));
    if (!take(",")) break;
  }
  return must(")", "call");
}

bool Parser::grouping(Expr& expr) {
  if (expr.grouped || (!is_word("by") && !is_word("without"))) return true;
  expr.grouped = true;
  expr.without = is_word("without");
  ++at_;
  return label_list(expr.labels);
}

Parser::Maybe Parser::aggregation(const std::string& name) {
  const std::size_t place = here().at;
  ++at_;
  Expr expr{.kind = ExprKind::aggregation, .text = name};
  expr.type = ValueType::vector;
  if (!grouping(expr) || !arguments(expr.parts) || !grouping(expr)) return std::nullopt;
  const std::size_t wanted = has_parameter(name) ? 2 : 1;
  if (expr.parts.size() != wanted)
    return fault("wrong number of arguments for aggregate expression provided, expected " + std::to_string(wanted) + ", got " +
                     std::to_string(expr.parts.size()),
                 place);
  if (expr.parts.back().type != ValueType::vector)
    return fault("expected type instant vector in aggregation expression, got " + std::string(name_of(expr.parts.back().type)), place);
  const ValueType parameter = name == "count_values" ? ValueType::text : ValueType::scalar;
  if (wanted == 2 && expr.parts.front().type != parameter)
    return fault("expected type " + std::string(name_of(parameter)) + " in aggregation parameter, got " +
                     std::string(name_of(expr.parts.front().type)),
                 place);
  return expr;
}

Parser::Maybe Parser::call() {
  const Token name = here();
  const FunctionSignature* signature = find_function(name.text);
  if (!signature) return fault("unknown function with name \"" + name.text + '"');
  ++at_;
  Expr expr{.kind = ExprKind::call, .text = name.text};
  expr.type = signature->result;
  if (!arguments(expr.parts)) return std::nullopt;
  const std::size_t most = signature->arguments.size();
  const std::size_t least = most - static_cast<std::size_t>(signature->optional < 0 ? 1 : signature->optional);
  const std::size_t given = expr.parts.size();
  if (given < least || (signature->optional >= 0 && given > most))
    return fault("expected " +
                     std::string(least == most   ? ""
                                 : given < least ? "at least "
                                                 : "at most ") +
                     std::to_string(given < least ? least : most) + " argument(s) in call to \"" + name.text + "\", got " +
                     std::to_string(given),
                 name.at);
  for (std::size_t i = 0; i < given; ++i) {
    const ValueType wanted = signature->arguments[std::min(i, most - 1)];
    if (expr.parts[i].type != wanted)
      return fault("expected type " + std::string(name_of(wanted)) + " in call to function \"" + name.text + "\", got " +
                       std::string(name_of(expr.parts[i].type)),
                   name.at);
  }
  return expr;
}

}  // namespace tocsin::promql
