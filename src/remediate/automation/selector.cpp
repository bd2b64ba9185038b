#include "remediate/automation/selector.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

namespace tocsin::remediate {
namespace {

constexpr std::size_t selections_max = 64;
constexpr std::size_t found_max = 100'000;

bool is_name_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-' || c == '$' || static_cast<unsigned char>(c) >= 0x80;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<Selection>> parse() {
    skip_blanks();
    if (take("$") && !at_end() && peek() != '.' && peek() != '[') return wrong("expected . or [");
    std::vector<Selection> selections;
    while (skip_blanks(), !at_end()) {
      if (selections.size() == selections_max) return wrong("too long");
      auto selection = parse_one(selections.empty());
      if (!selection) return std::unexpected(selection.error());
      selections.push_back(std::move(*selection));
    }
    return selections;
  }

 private:
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return text_[at_]; }
  void skip_blanks() {
    while (!at_end() && peek() == ' ') ++at_;
  }
  bool take(std::string_view expected) {
    if (!text_.substr(std::min(at_, text_.size())).starts_with(expected)) return false;
    at_ += expected.size();
    return true;
  }
  std::unexpected<Error> wrong(const std::string& what) const {
    return fail(ErrorKind::invalid,
                "The selector " + std::string(text_) + " is not valid at character " + std::to_string(at_ + 1) + ": " + what + ".");
  }

  Result<Selection> parse_one(bool is_first) {
    if (take("..")) {
      std::string name = take_name();
      if (name.empty()) return wrong("expected a name after ..");
      return Selection(SelectDescendants{std::move(name)});
    }
    if (take("[")) return parse_bracket();
    const bool dotted = take(".");
    if (!dotted && !is_first) return wrong("expected . or [");
    if (take("*")) return Selection(SelectAll{});
    std::string name = take_name();
    if (name.empty()) return wrong("expected a name");
    return Selection(SelectMember{std::move(name)});
  }

  std::string take_name() {
    const std::size_t begin = at_;
    while (!at_end() && is_name_character(peek())) ++at_;
    return std::string(text_.substr(begin, at_ - begin));
  }

  std::optional<std::string> take_quoted() {
    if (at_end() || (peek() != '\'' && peek() != '"')) return std::nullopt;
    const std::size_t end = text_.find(peek(), at_ + 1);
    if (end == text_.npos) return std::nullopt;
    std::string inside(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return inside;
  }

  std::optional<std::int64_t> take_integer() {
    std::int64_t number = 0;
    const char* const begin = text_.data() + std::min(at_, text_.size());
    const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
    if (error != std::errc{}) return std::nullopt;
    at_ += static_cast<std::size_t>(end - begin);
    return number;
  }

  Result<Selection> closed(Selection selection) {
    skip_blanks();
    if (!take("]")) return wrong("expected ]");
    return selection;
  }

  Result<Selection> parse_bracket() {
    skip_blanks();
    if (take("*")) return closed(SelectAll{});
    if (take("?")) return parse_where();
    if (auto name = take_quoted()) return closed(SelectMember{std::move(*name)});
    const auto from = take_integer();
    skip_blanks();
    if (take(":")) {
      skip_blanks();
      return closed(SelectSlice{from, take_integer()});
    }
    if (!from) return wrong("expected an index, a name, * or a filter");
    return closed(SelectElement{*from});
  }

  Result<Selection> parse_where() {
    skip_blanks();
    const bool in_parentheses = take("(");
    skip_blanks();
    if (!take("@")) return wrong("expected @");
    SelectWhere where;
    while (take(".")) {
      where.path.push_back(take_name());
      if (where.path.back().empty() || where.path.size() > selections_max) return wrong("expected a name");
    }
    skip_blanks();
    for (const char* comparison : {"==", "!=", "<=", ">=", "<", ">"})
      if (where.comparison.empty() && take(comparison)) where.comparison = comparison;
    skip_blanks();
    if (!where.comparison.empty()) {
      auto operand = take_operand();
      if (!operand) return wrong("expected a value");
      where.operand = std::move(*operand);
    }
    skip_blanks();
    if (in_parentheses && !take(")")) return wrong("expected )");
    return closed(std::move(where));
  }

  std::optional<Document> take_operand() {
    if (auto quoted = take_quoted()) return Document(*quoted);
    if (take("true")) return Document(true);
    if (take("false")) return Document(false);
    if (const auto number = take_integer()) return Document(*number);
    return std::nullopt;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

using Found = std::vector<const Document*>;

void add(Found& found, const Document* value) {
  if (value && found.size() < found_max) found.push_back(value);
}

const Document* element_at(const Array& array, std::int64_t index) {
  const auto size = static_cast<std::int64_t>(array.size());
  if (index < 0) index += size;
  return index < 0 || index >= size ? nullptr : &array[static_cast<std::size_t>(index)];
}

bool compare(const Document& value, const SelectWhere& where) {
  int order = 0;
  const auto left = as_number(value), right = as_number(where.operand);
  if (left && right) {
    order = *left < *right ? -1 : *left > *right ? 1 : 0;
  } else if (value.is_string() && where.operand.is_string()) {
    order = std::string_view(value.get_string()).compare(std::string_view(where.operand.get_string()));
  } else {
    return where.comparison == "!=" ? value != where.operand : where.comparison == "==" && value == where.operand;
  }
  if (where.comparison == "==") return order == 0;
  if (where.comparison == "!=") return order != 0;
  if (where.comparison == "<") return order < 0;
  if (where.comparison == "<=") return order <= 0;
  return where.comparison == ">" ? order > 0 : order >= 0;
}

bool holds(const Document& value, const SelectWhere& where) {
  const Document* member = &value;
  for (const std::string& name : where.path) member = find(member, name);
  if (!member) return false;
  return where.comparison.empty() || compare(*member, where);
}

void descend(const Document& value, const std::string& name, Found& found) {
  if (value.is_object()) {
    for (const auto& [key, member] : value.get_object()) {
      if (key == name) add(found, &member);
      descend(member, name, found);
    }
  } else if (value.is_array()) {
    for (const Document& element : value.get_array()) descend(element, name, found);
  }
}

void apply(const Document& value, const Selection& selection, Found& found) {
  const Array* array = value.if_array();
  if (const auto* member = std::get_if<SelectMember>(&selection)) return add(found, find(value, member->name));
  if (const auto* descendants = std::get_if<SelectDescendants>(&selection)) return descend(value, descendants->name, found);
  if (const auto* element = std::get_if<SelectElement>(&selection)) return add(found, array ? element_at(*array, element->index) : nullptr);
  if (std::holds_alternative<SelectAll>(selection) && value.is_object()) {
    for (const auto& member : value.get_object()) add(found, &member.value());
    return;
  }
  if (!array) return;
  const auto size = static_cast<std::int64_t>(array->size());
  const auto clamp = [size](std::int64_t index) { return std::clamp<std::int64_t>(index < 0 ? index + size : index, 0, size); };
  std::int64_t from = 0, to = size;
  if (const auto* slice = std::get_if<SelectSlice>(&selection)) from = clamp(slice->from.value_or(0)), to = clamp(slice->to.value_or(size));
  const auto* where = std::get_if<SelectWhere>(&selection);
  for (std::int64_t i = from; i < to; ++i)
    if (!where || holds((*array)[static_cast<std::size_t>(i)], *where)) add(found, &(*array)[static_cast<std::size_t>(i)]);
}

}  // namespace

Result<Selector> Selector::parse(std::string_view text) {
  auto selections = Parser(text).parse();
  if (!selections) return std::unexpected(selections.error());
  Selector selector;
  selector.selections_ = std::move(*selections);
  return selector;
}

bool Selector::is_plural() const {
  return std::ranges::any_of(selections_, [](const Selection& selection) {
    return !std::holds_alternative<SelectMember>(selection) && !std::holds_alternative<SelectElement>(selection);
  });
}

std::optional<Document> Selector::select(const Document& document) const {
  Found found{&document};
  for (const Selection& selection : selections_) {
    Found next;
    for (const Document* value : found) apply(*value, selection, next);
    found = std::move(next);
  }
  if (found.empty()) return std::nullopt;
  if (!is_plural()) return *found.front();
  Array values;
  for (const Document* value : found) values.push_back(*value);
  return values;
}

}  // namespace tocsin::remediate
