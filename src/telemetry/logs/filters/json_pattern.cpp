#include <algorithm>
#include <boost/json.hpp>

#include "telemetry/logs/filters/json_selector.h"
#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry::filters {
namespace {

constexpr int depth_max = 32;
constexpr int wildcards_max = 3;
constexpr int regexes_max = 2;

struct IsNull {};
struct IsTruth {
  bool truth;
};
struct NotExists {};
using Test = std::variant<Comparison, IsNull, IsTruth, NotExists>;

enum class Kind { test, all, any };
struct Node {
  Kind kind = Kind::test;
  JsonSelector selector;
  Test test;
  std::vector<Node> children;
};

bool satisfies(const Document& value, const Test& test) {
  if (std::holds_alternative<IsNull>(test)) return value.is_null();
  if (const auto* wanted = std::get_if<IsTruth>(&test)) return value.is_bool() && value.get_bool() == wanted->truth;
  const auto text = scalar_text(value);
  return text && holds(std::get<Comparison>(test), *text);
}

bool evaluate(const Node& node, const Document& document) {
  const auto holds_too = [&](const Node& child) { return evaluate(child, document); };
  if (node.kind == Kind::all) return std::all_of(node.children.begin(), node.children.end(), holds_too);
  if (node.kind == Kind::any) return std::any_of(node.children.begin(), node.children.end(), holds_too);
  const auto found = node.selector.select(document);
  if (std::holds_alternative<NotExists>(node.test)) return found.empty();
  return std::any_of(found.begin(), found.end(), [&](const Document* value) { return satisfies(*value, node.test); });
}

/// The value that satisfies the test, else the first that is a text or number.
void extract_into(const Node& node, const Document& document, std::map<std::string, std::string>& values) {
  for (const Node& child : node.children) extract_into(child, document, values);
  if (node.kind != Kind::test) return;
  std::optional<std::string> value;
  for (const Document* each : node.selector.select(document)) {
    const auto text = scalar_text(*each);
    if (!text) continue;
    const bool met = satisfies(*each, node.test);
    if (!value || met) value = text;
    if (met) break;
  }
  if (value) values.emplace(node.selector.text(), *value);
}

struct JsonMatcher final : FilterPattern::Matcher {
  Node root;
  bool matches(const MessageView& message) const override { return message.json() && evaluate(root, *message.json()); }
  std::map<std::string, std::string> extract(const MessageView& message) const override {
    std::map<std::string, std::string> values;
    if (message.json()) extract_into(root, *message.json(), values);
    return values;
  }
};

class JsonPatternParser {
 public:
  explicit JsonPatternParser(std::string_view text) : in_(text) {}

  Result<Node> pattern() {
    in_.accept("{");
    auto root = any(0);
    if (!root) return root;
    if (!in_.accept("}")) return invalid_pattern("'}' is missing");
    in_.skip_blanks();
    if (!in_.at_end()) return invalid_pattern("text follows the last '}'");
    if (wildcards_ > wildcards_max) return invalid_pattern("more than 3 wildcard selectors");
    if (in_.regex_count() > regexes_max) return invalid_pattern("more than 2 regular expressions");
    return root;
  }
  int regex_count() const { return in_.regex_count(); }

 private:
  Result<Node> any(int depth) { return joined(depth, Kind::any, "||", &JsonPatternParser::all); }
  Result<Node> all(int depth) { return joined(depth, Kind::all, "&&", &JsonPatternParser::primary); }

  Result<Node> joined(int depth, Kind kind, std::string_view sign, Result<Node> (JsonPatternParser::*part)(int)) {
    if (depth > depth_max) return invalid_pattern("nested too deeply");
    Node node{.kind = kind, .selector = {}, .test = {}, .children = {}};
    do {
      auto child = (this->*part)(depth);
      if (!child) return child;
      node.children.push_back(std::move(*child));
    } while (in_.accept(sign));
    return node;
  }

  Result<Node> primary(int depth) {
    if (!in_.accept("(")) return test();
    auto node = any(depth + 1);
    if (node && !in_.accept(")")) return invalid_pattern("')' is missing");
    return node;
  }

  Result<Node> test() {
    auto selector = JsonSelector::read(in_);
    if (!selector) return std::unexpected(selector.error());
    wildcards_ += selector->has_wildcard();
    auto test = rest_of_test();
    if (!test) return std::unexpected(test.error());
    return Node{.kind = Kind::test, .selector = std::move(*selector), .test = std::move(*test), .children = {}};
  }

  Result<Test> rest_of_test() {
    if (in_.accept("NOT")) {
      if (!in_.accept("EXISTS")) return invalid_pattern("EXISTS must follow NOT");
      return Test(NotExists{});
    }
    if (in_.accept("IS")) {
      if (in_.accept("NULL")) return Test(IsNull{});
      if (in_.accept("TRUE")) return Test(IsTruth{true});
      if (in_.accept("FALSE")) return Test(IsTruth{false});
      return invalid_pattern("NULL, TRUE or FALSE must follow IS");
    }
    const auto op = in_.comparison_operator();
    if (!op) return invalid_pattern("an operator is missing");
    auto value = in_.value();
    if (!value) return std::unexpected(value.error());
    const bool ordered = *op != Operator::equal && *op != Operator::not_equal;
    if (ordered && !std::holds_alternative<double>(*value)) return invalid_pattern("a number must follow <, >, <= and >=");
    return Test(Comparison{*op, std::move(*value)});
  }

  PatternReader in_;
  int wildcards_ = 0;
};

}  // namespace

Matching parse_json_pattern(std::string_view text) {
  JsonPatternParser parser(text);
  auto root = parser.pattern();
  if (!root) return std::unexpected(root.error());
  auto matcher = std::make_shared<JsonMatcher>();
  matcher->root = std::move(*root);
  matcher->regex_count = parser.regex_count();
  return matcher;
}

}  // namespace tocsin::telemetry::filters
