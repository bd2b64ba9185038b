#include "telemetry/logs/filters/selection_criteria.h"

#include <algorithm>

#include "telemetry/logs/filters/condition.h"

namespace tocsin::telemetry {

struct SelectionCriteria::Node {
  enum class Kind { test, all, any } kind = Kind::all;
  std::string field;
  bool negated = false;
  std::vector<std::string> values;
  std::vector<Node> children;
};

namespace {
using Node = SelectionCriteria::Node;
constexpr int depth_max = 32;

bool evaluate(const Node& node, const SelectionCriteria::FieldValue& value) {
  const auto holds = [&](const Node& child) { return evaluate(child, value); };
  if (node.kind == Node::Kind::all) return std::all_of(node.children.begin(), node.children.end(), holds);
  if (node.kind == Node::Kind::any) return std::any_of(node.children.begin(), node.children.end(), holds);
  const bool found = std::find(node.values.begin(), node.values.end(), value(node.field)) != node.values.end();
  return found != node.negated;
}

std::unexpected<Error> wrong(const std::string& what) { return fail(ErrorKind::invalid, "Invalid selection criteria: " + what); }
bool is_field_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '@' || c == '.' || c == '_'; }

class Parser {
 public:
  Parser(std::string_view text, const std::vector<std::string_view>& fields) : in_(text), fields_(fields) {}
  Result<Node> whole() {
    auto node = any(0);
    in_.skip_blanks();
    if (node && !in_.at_end()) return wrong("text follows the expression");
    return node;
  }

 private:
  Result<Node> any(int depth) { return joined(depth, Node::Kind::any, "OR", &Parser::all); }
  Result<Node> all(int depth) { return joined(depth, Node::Kind::all, "AND", &Parser::primary); }
  Result<Node> joined(int depth, Node::Kind kind, std::string_view word, Result<Node> (Parser::*part)(int)) {
    if (depth > depth_max) return wrong("nested too deeply");
    Node node{.kind = kind, .field = {}, .values = {}, .children = {}};
    do {
      auto child = (this->*part)(depth);
      if (!child) return child;
      node.children.push_back(std::move(*child));
    } while (in_.accept(word));
    return node;
  }

  Result<Node> primary(int depth) {
    if (in_.accept("(")) {
      auto node = any(depth + 1);
      if (node && !in_.accept(")")) return wrong("')' is missing");
      return node;
    }
    in_.skip_blanks();
    Node node{.kind = Node::Kind::test, .field = std::string(in_.take_while(is_field_part)), .values = {}, .children = {}};
    if (std::find(fields_.begin(), fields_.end(), node.field) == fields_.end())
      return wrong("the field '" + node.field + "' is not supported");
    if (in_.accept("!=")) {
      node.negated = true;
      return with_values(std::move(node), false);
    }
    if (in_.accept("=")) return with_values(std::move(node), false);
    node.negated = in_.accept("NOT");
    if (!in_.accept("IN")) return wrong("=, !=, IN or NOT IN must follow a field");
    return with_values(std::move(node), true);
  }

  Result<Node> with_values(Node node, bool list) {
    if (list && !in_.accept("[")) return wrong("'[' must follow IN");
    do {
      in_.skip_blanks();
      const char quote = in_.take();
      if (quote != '"' && quote != '\'') return wrong("a value must be quoted");
      node.values.emplace_back(in_.take_while(quote == '"' ? [](char c) { return c != '"'; } : [](char c) { return c != '\''; }));
      if (in_.take() != quote) return wrong("a quote is not closed");
    } while (list && in_.accept(","));
    if (list && !in_.accept("]")) return wrong("']' is missing");
    return node;
  }

  filters::PatternReader in_;
  const std::vector<std::string_view>& fields_;
};

}  // namespace

Result<SelectionCriteria> SelectionCriteria::parse(std::string_view text, const std::vector<std::string_view>& fields) {
  SelectionCriteria criteria;
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return criteria;
  auto root = Parser(text, fields).whole();
  if (!root) return std::unexpected(root.error());
  criteria.root_ = std::make_shared<const Node>(std::move(*root));
  return criteria;
}

bool SelectionCriteria::selects(const FieldValue& value) const { return !root_ || evaluate(*root_, value); }

}  // namespace tocsin::telemetry
