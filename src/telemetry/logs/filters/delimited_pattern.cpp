#include <algorithm>

#include "telemetry/logs/filters/matchers.h"

namespace tocsin::telemetry::filters {
namespace {

constexpr int depth_max = 32;
constexpr int regexes_max = 2;

enum class Kind { comparison, all, any };
struct Node {
  Kind kind = Kind::all;  ///< all of nothing: every field
  Comparison comparison;
  std::vector<Node> children;
};

struct Item {
  bool ellipsis = false;
  std::string name;
  Node condition;
  bool conditioned = false;
};

bool evaluate(const Node& node, std::string_view field) {
  const auto holds_too = [&](const Node& child) { return evaluate(child, field); };
  if (node.kind == Kind::all) return std::all_of(node.children.begin(), node.children.end(), holds_too);
  if (node.kind == Kind::any) return std::any_of(node.children.begin(), node.children.end(), holds_too);
  return holds(node.comparison, field);
}

struct DelimitedMatcher final : FilterPattern::Matcher {
  std::vector<Item> items;
  bool last_takes_rest = false;  ///< [w1=ERROR, w2]: the last indicator stands for whatever follows

  /// The event's fields as the items see them: the rest as one, when the last takes it.
  std::vector<std::string_view> fields_of(const MessageView& message) const {
    std::vector<std::string_view> fields = message.fields();
    if (!last_takes_rest || fields.size() <= items.size()) return fields;
    std::string_view rest = message.text();
    while (rest.ends_with('\n') || rest.ends_with('\r') || rest.ends_with(' ')) rest.remove_suffix(1);
    const char* begin = fields[items.size() - 1].data();
    // a bracket or quote before the first field of the rest belongs to it
    if (begin > rest.data() && begin[-1] != ' ') --begin;
    fields.resize(items.size());
    fields.back() = rest.substr(static_cast<std::size_t>(begin - rest.data()));
    return fields;
  }

  std::size_t ellipsis() const {
    return static_cast<std::size_t>(std::find_if(items.begin(), items.end(), [](const Item& item) { return item.ellipsis; }) -
                                    items.begin());
  }

  bool matches(const MessageView& message) const override {
    const auto fields = fields_of(message);
    const std::size_t gap = ellipsis();
    if (gap == items.size()) return fields.size() == items.size() && all(fields, 0, 0, items.size());
    const std::size_t behind = items.size() - gap - 1;
    if (fields.size() < gap + behind) return false;
    return all(fields, 0, 0, gap) && all(fields, fields.size() - behind, gap + 1, behind);
  }

  bool all(const std::vector<std::string_view>& fields, std::size_t field, std::size_t item, std::size_t count) const {
    for (std::size_t i = 0; i < count; ++i)
      if (!evaluate(items[item + i].condition, fields[field + i])) return false;
    return true;
  }

  /// The item of a field, or nullptr within "...".
  const Item* item_of(std::size_t field, std::size_t field_count) const {
    const std::size_t gap = ellipsis();
    if (field < gap) return &items[field];
    const std::size_t behind = items.size() - gap - 1, first_behind = field_count - behind;
    return gap == items.size() || field < first_behind ? nullptr : &items[gap + 1 + field - first_behind];
  }

  std::map<std::string, std::string> extract(const MessageView& message) const override {
    std::map<std::string, std::string> values;
    const auto fields = fields_of(message);
    for (std::size_t i = 0; i < fields.size(); ++i) {
      const Item* item = item_of(i, fields.size());
      values.emplace(item && !item->name.empty() ? "$" + item->name : "$" + std::to_string(i + 1), fields[i]);
    }
    return values;
  }
};

bool is_name_part(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '.' || c == '$' || c == '@';
}

class DelimitedPatternParser {
 public:
  explicit DelimitedPatternParser(std::string_view text) : in_(text) {}

  Result<std::vector<Item>> pattern() {
    in_.accept("[");
    std::vector<Item> items;
    // "[]" is any event
    if (in_.comes("]")) {
      items.emplace_back();
      items.back().ellipsis = true;
    } else {
      do {
        auto item = read_item();
        if (!item) return std::unexpected(item.error());
        items.push_back(std::move(*item));
      } while (in_.accept(","));
    }
    if (!in_.accept("]")) return invalid_pattern("']' is missing");
    in_.skip_blanks();
    if (!in_.at_end()) return invalid_pattern("text follows the last ']'");
    if (std::count_if(items.begin(), items.end(), [](const Item& item) { return item.ellipsis; }) > 1)
      return invalid_pattern("more than one '...'");
    if (in_.regex_count() > regexes_max) return invalid_pattern("more than 2 regular expressions");
    return items;
  }
  int regex_count() const { return in_.regex_count(); }

 private:
  Result<Item> read_item() {
    Item item;
    if (in_.accept("...")) {
      item.ellipsis = true;
      return item;
    }
    if (in_.comes(",") || in_.comes("]")) return item;
    name_.clear();
    conditioned_ = false;
    auto condition = any(0);
    if (!condition) return std::unexpected(condition.error());
    item.name = name_;
    item.conditioned = conditioned_;
    item.condition = std::move(*condition);
    return item;
  }

  Result<Node> any(int depth) { return joined(depth, Kind::any, "||", &DelimitedPatternParser::all); }
  Result<Node> all(int depth) { return joined(depth, Kind::all, "&&", &DelimitedPatternParser::primary); }

  Result<Node> joined(int depth, Kind kind, std::string_view sign, Result<Node> (DelimitedPatternParser::*part)(int)) {
    if (depth > depth_max) return invalid_pattern("nested too deeply");
    Node node{.kind = kind, .comparison = {}, .children = {}};
    do {
      auto child = (this->*part)(depth);
      if (!child) return child;
      node.children.push_back(std::move(*child));
    } while (in_.accept(sign));
    return node;
  }

  Result<Node> primary(int depth) {
    if (in_.accept("(")) {
      auto node = any(depth + 1);
      if (node && !in_.accept(")")) return invalid_pattern("')' is missing");
      return node;
    }
    in_.skip_blanks();
    const std::string name(in_.take_while(is_name_part));
    if (name.empty()) return invalid_pattern("a field's name is missing");
    if (!name_.empty() && name != name_) return invalid_pattern("'" + name + "' is tested in the place of '" + name_ + "'");
    name_ = name;
    const auto op = in_.comparison_operator();
    if (!op) return Node{};
    conditioned_ = true;
    auto value = in_.value(true);
    if (!value) return std::unexpected(value.error());
    const bool ordered = *op != Operator::equal && *op != Operator::not_equal;
    if (ordered && !std::holds_alternative<double>(*value)) return invalid_pattern("a number must follow <, >, <= and >=");
    return Node{.kind = Kind::comparison, .comparison = {*op, std::move(*value)}, .children = {}};
  }

  PatternReader in_;
  std::string name_;  ///< of the item being read
  bool conditioned_ = false;
};

/// Indicators w1, w2 … in their order, the last without a condition: the guide's way to match the first words of an event.
bool are_indicators(const std::vector<Item>& items) {
  for (std::size_t i = 0; i < items.size(); ++i)
    if (items[i].ellipsis || items[i].name != "w" + std::to_string(i + 1)) return false;
  return items.size() > 1 && !items.back().conditioned;
}

}  // namespace

Matching parse_delimited_pattern(std::string_view text) {
  DelimitedPatternParser parser(text);
  auto items = parser.pattern();
  if (!items) return std::unexpected(items.error());
  auto matcher = std::make_shared<DelimitedMatcher>();
  matcher->items = std::move(*items);
  matcher->last_takes_rest = are_indicators(matcher->items);
  matcher->regex_count = parser.regex_count();
  return matcher;
}

}  // namespace tocsin::telemetry::filters
