#include <algorithm>

#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry::filters {
namespace {

constexpr int depth_max = 32;

enum class Kind { comparison, all, any };
struct Node {
  Kind kind = Kind::all;  ///< all of nothing: every field
  Comparison comparison;
  std::vector<Node> children;
};

struct Item {
  bool ellipsis = false;
  Node condition;
};

bool evaluate(const Node& node, std::string_view field) {
  const auto holds_too = [&](const Node& child) { return evaluate(child, field); };
  if (node.kind == Kind::all) return std::all_of(node.children.begin(), node.children.end(), holds_too);
  if (node.kind == Kind::any) return std::any_of(node.children.begin(), node.children.end(), holds_too);
  return holds(node.comparison, field, to_number(field));
}

std::vector<std::string_view> split(std::string_view message) {
  std::vector<std::string_view> fields;
  std::size_t at = 0;
  while (true) {
    at = message.find_first_not_of(' ', at);
    if (at == std::string_view::npos) return fields;
    const char closing = message[at] == '"' ? '"' : message[at] == '[' ? ']' : ' ';
    const std::size_t begin = closing == ' ' ? at : at + 1;
    const std::size_t end = std::min(message.find(closing, begin), message.size());
    fields.push_back(message.substr(begin, end - begin));
    at = std::min(end + 1, message.size());
  }
}

struct DelimitedMatcher final : FilterPattern::Matcher {
  std::vector<Item> items;

  bool matches(std::string_view message) const override {
    const auto fields = split(message);
    const auto ellipsis =
        static_cast<std::size_t>(std::find_if(items.begin(), items.end(), [](const Item& item) { return item.ellipsis; }) - items.begin());
    if (ellipsis == items.size()) return fields.size() == items.size() && all(fields, 0, 0, items.size());
    const std::size_t behind = items.size() - ellipsis - 1;
    if (fields.size() < ellipsis + behind) return false;
    return all(fields, 0, 0, ellipsis) && all(fields, fields.size() - behind, ellipsis + 1, behind);
  }

  bool all(const std::vector<std::string_view>& fields, std::size_t field, std::size_t item, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i)
      if (!evaluate(items[item + i].condition, fields[field + i])) return false;
    return true;
  }
};

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' || c == '$' || c == '@';
}

std::unexpected<Error> wrong(const std::string& what) { return fail(ErrorKind::invalid, "Invalid filter pattern: " + what); }

Result<Node> any_of(PatternReader& in, int depth);

Result<Node> primary(PatternReader& in, int depth) {
  if (in.accept("(")) {
    auto node = any_of(in, depth + 1);
    if (node && !in.accept(")")) return wrong("')' is missing");
    return node;
  }
  in.skip_blanks();
  const bool named = !in.take_while(is_name_part).empty();
  const auto op = in.comparison_operator();
  if (!op) return named ? Result<Node>(Node{}) : wrong("a field's name is missing");
  auto value = in.value();
  if (!value) return std::unexpected(value.error());
  return Node{.kind = Kind::comparison, .comparison = {*op, std::move(*value)}, .children = {}};
}

Result<Node> joined(PatternReader& in, int depth, Kind kind, std::string_view sign, Result<Node> (*part)(PatternReader&, int)) {
  if (depth > depth_max) return wrong("nested too deeply");
  Node node{.kind = kind, .comparison = {}, .children = {}};
  do {
    auto child = part(in, depth);
    if (!child) return child;
    node.children.push_back(std::move(*child));
  } while (in.accept(sign));
  return node;
}

Result<Node> all_of(PatternReader& in, int depth) { return joined(in, depth, Kind::all, "&&", primary); }
Result<Node> any_of(PatternReader& in, int depth) { return joined(in, depth, Kind::any, "||", all_of); }

Result<Item> read_item(PatternReader& in) {
  if (in.accept("...")) return Item{true, {}};
  if (in.comes(",") || in.comes("]")) return Item{};
  auto condition = any_of(in, 0);
  if (!condition) return std::unexpected(condition.error());
  return Item{false, std::move(*condition)};
}

}  // namespace

Matching parse_delimited_pattern(std::string_view text) {
  PatternReader in(text);
  in.accept("[");
  auto matcher = std::make_shared<DelimitedMatcher>();
  do {
    auto item = read_item(in);
    if (!item) return std::unexpected(item.error());
    matcher->items.push_back(std::move(*item));
  } while (in.accept(","));
  if (!in.accept("]")) return wrong("']' is missing");
  in.skip_blanks();
  if (!in.at_end()) return wrong("text follows the last ']'");
  if (std::count_if(matcher->items.begin(), matcher->items.end(), [](const Item& item) { return item.ellipsis; }) > 1)
    return wrong("more than one '...'");
  return matcher;
}

}  // namespace tocsin::telemetry::filters
