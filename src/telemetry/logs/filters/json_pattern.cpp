#include <algorithm>
#include <boost/json.hpp>

#include "base/document.h"
#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry::filters {
namespace {

constexpr int depth_max = 32;
constexpr int wildcards_max = 3;
constexpr int regexes_max = 2;

struct Step {
  std::string name;
  std::optional<std::size_t> index;
  bool wildcard = false;
};
using Selector = std::vector<Step>;

struct IsNull {};
struct IsTruth {
  bool truth;
};
struct NotExists {};
using Test = std::variant<Comparison, IsNull, IsTruth, NotExists>;

enum class Kind { test, all, any };
struct Node {
  Kind kind = Kind::test;
  Selector selector;
  Test test;
  std::vector<Node> children;
};

void select(const Document& document, const Selector& selector, std::size_t at, std::vector<const Document*>& found) {
  if (at == selector.size()) return found.push_back(&document);
  const Step& step = selector[at];
  if (document.is_object()) {
    for (const auto& [key, value] : document.get_object())
      if (!step.index && (step.wildcard || key == step.name)) select(value, selector, at + 1, found);
  } else if (document.is_array() && (step.wildcard || step.index)) {
    const Array& array = document.get_array();
    for (std::size_t i = 0; i < array.size(); ++i)
      if (step.wildcard || i == *step.index) select(array[i], selector, at + 1, found);
  }
}

bool satisfies(const Document& value, const Test& test) {
  if (std::holds_alternative<IsNull>(test)) return value.is_null();
  if (const auto* wanted = std::get_if<IsTruth>(&test)) return value.is_bool() && value.get_bool() == wanted->truth;
  if (std::holds_alternative<NotExists>(test) || value.is_object() || value.is_array() || value.is_null()) return false;
  const auto& comparison = std::get<Comparison>(test);
  if (value.is_string()) return holds(comparison, {value.get_string().data(), value.get_string().size()}, std::nullopt);
  return holds(comparison, to_json(value), as_number(value));
}

bool evaluate(const Node& node, const Document& document) {
  const auto holds_too = [&](const Node& child) { return evaluate(child, document); };
  if (node.kind == Kind::all) return std::all_of(node.children.begin(), node.children.end(), holds_too);
  if (node.kind == Kind::any) return std::any_of(node.children.begin(), node.children.end(), holds_too);
  std::vector<const Document*> found;
  select(document, node.selector, 0, found);
  if (std::holds_alternative<NotExists>(node.test)) return found.empty();
  return std::any_of(found.begin(), found.end(), [&](const Document* value) { return satisfies(*value, node.test); });
}

struct JsonMatcher final : FilterPattern::Matcher {
  Node root;
  bool matches(std::string_view message) const override {
    const auto document = parse_json(message);
    return document && document->is_object() && evaluate(root, *document);
  }
};

bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || (c & 0x80); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

class JsonPatternParser {
 public:
  explicit JsonPatternParser(std::string_view text) : in_(text) {}

  Result<Node> pattern() {
    in_.accept("{");
    auto root = any(0);
    if (!root) return root;
    if (!in_.accept("}")) return wrong("'}' is missing");
    in_.skip_blanks();
    if (!in_.at_end()) return wrong("text follows the last '}'");
    if (wildcards_ > wildcards_max) return wrong("more than 3 wildcard selectors");
    if (regexes_ > regexes_max) return wrong("more than 2 regular expressions");
    return root;
  }

 private:
  static std::unexpected<Error> wrong(const std::string& what) { return fail(ErrorKind::invalid, "Invalid filter pattern: " + what); }

  Result<Node> any(int depth) { return joined(depth, Kind::any, "||", &JsonPatternParser::all); }
  Result<Node> all(int depth) { return joined(depth, Kind::all, "&&", &JsonPatternParser::primary); }

  Result<Node> joined(int depth, Kind kind, std::string_view sign, Result<Node> (JsonPatternParser::*part)(int)) {
    if (depth > depth_max) return wrong("nested too deeply");
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
    if (node && !in_.accept(")")) return wrong("')' is missing");
    return node;
  }

  Result<Node> test() {
    auto selector = this->selector();
    if (!selector) return std::unexpected(selector.error());
    auto test = rest_of_test();
    if (!test) return std::unexpected(test.error());
    return Node{.kind = Kind::test, .selector = std::move(*selector), .test = std::move(*test), .children = {}};
  }

  Result<Test> rest_of_test() {
    if (in_.accept("NOT")) {
      if (!in_.accept("EXISTS")) return wrong("EXISTS must follow NOT");
      return Test(NotExists{});
    }
    if (in_.accept("IS")) {
      if (in_.accept("NULL")) return Test(IsNull{});
      if (in_.accept("TRUE")) return Test(IsTruth{true});
      if (in_.accept("FALSE")) return Test(IsTruth{false});
      return wrong("NULL, TRUE or FALSE must follow IS");
    }
    const auto op = in_.comparison_operator();
    if (!op) return wrong("an operator is missing");
    auto value = in_.value();
    if (!value) return std::unexpected(value.error());
    const bool ordered = *op != Operator::equal && *op != Operator::not_equal;
    if (ordered && !std::holds_alternative<double>(*value)) return wrong("a number must follow <, >, <= and >=");
    if (std::holds_alternative<Regex>(*value)) ++regexes_;
    return Test(Comparison{*op, std::move(*value)});
  }

  Result<Selector> selector() {
    if (!in_.accept("$")) return wrong("a selector must begin with '$'");
    Selector selector;
    int wildcards = 0;
    while (in_.peek() == '.' || in_.peek() == '[') {
      auto step = in_.take() == '.' ? member() : element();
      if (!step) return std::unexpected(step.error());
      wildcards += step->wildcard;
      selector.push_back(std::move(*step));
    }
    if (selector.empty()) return wrong("a selector names no field");
    if (wildcards > 1) return wrong("more than one wildcard in a selector");
    wildcards_ += wildcards;
    return selector;
  }

  Result<Step> member() {
    if (in_.peek() == '[') {
      in_.take();
      return element();
    }
    if (in_.peek() == '*') {
      in_.take();
      return Step{.name = {}, .index = {}, .wildcard = true};
    }
    const std::string_view name = in_.take_while(is_name_part);
    if (name.empty()) return wrong("a field's name is missing");
    return Step{.name = std::string(name), .index = {}};
  }

  /// After '['.
  Result<Step> element() {
    Step step;
    if (in_.accept("'")) {
      step.name = in_.take_while([](char c) { return c != '\''; });
      in_.take();
    } else if (in_.accept("*")) {
      step.wildcard = true;
    } else {
      const std::string_view digits = in_.take_while(is_digit);
      if (digits.empty() || digits.size() > 6) return wrong("an index is missing");
      step.index = static_cast<std::size_t>(*to_number(digits));
    }
    if (!in_.accept("]")) return wrong("']' is missing");
    return step;
  }

  PatternReader in_;
  int wildcards_ = 0, regexes_ = 0;
};

}  // namespace

Matching parse_json_pattern(std::string_view text) {
  auto root = JsonPatternParser(text).pattern();
  if (!root) return std::unexpected(root.error());
  auto matcher = std::make_shared<JsonMatcher>();
  matcher->root = std::move(*root);
  return matcher;
}

}  // namespace tocsin::telemetry::filters
