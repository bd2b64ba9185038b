#include "telemetry/metrics/search/search_expression.h"

#include <algorithm>
#include <cctype>
#include <utility>

namespace tocsin::telemetry {
namespace {

constexpr std::size_t size_max = 1024;
constexpr int depth_max = 64;

bool is_blank(char c) { return std::isspace(static_cast<unsigned char>(c)) || c == ','; }
bool ends_bare(char c) { return is_blank(c) || c == '(' || c == ')' || c == '"' || c == '='; }

class SearchParser {
 public:
  explicit SearchParser(std::string_view text) : all_(text), rest_(text) {}

  Result<SearchExpression> whole() {
    SearchExpression expression;
    skip_blanks();
    if (!rest_.empty() && rest_.front() == '{' && !schema(expression.schema)) return wrong();
    skip_blanks();
    if (!rest_.empty()) expression.terms = either();
    skip_blanks();
    const bool nothing = !expression.schema && !expression.terms;
    if (!rest_.empty() || nothing || failed_) return wrong();
    return expression;
  }

 private:
  using Maybe = std::optional<SearchNode>;

  std::unexpected<Error> wrong() const {
    return fail(ErrorKind::invalid, "Invalid SEARCH expression: invalid syntax at position " + std::to_string(all_.size() - rest_.size()));
  }
  Maybe failed() {
    failed_ = true;
    return std::nullopt;
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

  bool next_is_word(std::string_view word) {
    skip_blanks();
    return rest_.starts_with(word) && (rest_.size() == word.size() || ends_bare(rest_[word.size()]));
  }
  bool take_word(std::string_view word) {
    if (!next_is_word(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  /// A text in double quotes, where \ keeps the next character.
  std::optional<std::string> quoted() {
    std::string text;
    for (std::size_t i = 1; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      text += rest_[i];
    }
    return std::nullopt;
  }

  std::string bare(bool (*ends)(char)) {
    const auto end = std::find_if(rest_.begin(), rest_.end(), ends);
    std::string text(rest_.begin(), end);
    rest_.remove_prefix(text.size());
    return text;
  }

  bool schema(std::optional<SearchSchema>& schema) {
    take('{');
    std::vector<std::string> names;
    while (!take('}')) {
      if (rest_.empty()) return false;
      auto name = rest_.front() == '"' ? quoted() : bare([](char c) { return is_blank(c) || c == '}' || c == '"' || c == '{'; });
      if (!name || name->empty()) return false;
      names.push_back(std::move(*name));
    }
    if (names.empty()) return false;
    schema = SearchSchema{names.front(), {names.begin() + 1, names.end()}};
    std::sort(schema->dimensions.begin(), schema->dimensions.end());
    return true;
  }

  static SearchNode of(SearchNodeKind kind, std::vector<SearchNode> parts) {
    return {.kind = kind, .property = {}, .text = {}, .term = PartialTerm({}), .parts = std::move(parts)};
  }

  Maybe joined(SearchNodeKind kind, std::vector<SearchNode> parts) {
    if (parts.size() == 1) return std::move(parts.front());
    return of(kind, std::move(parts));
  }

  Maybe either() {
    if (++depth_ > depth_max) return failed();
    std::vector<SearchNode> parts;
    do {
      Maybe part = both();
      if (!part) return failed();
      parts.push_back(std::move(*part));
    } while (take_word("OR"));
    --depth_;
    return joined(SearchNodeKind::either, std::move(parts));
  }

  Maybe both() {
    std::vector<SearchNode> parts;
    while (true) {
      Maybe part = negation();
      if (!part) return failed();
      parts.push_back(std::move(*part));
      if (take_word("AND")) continue;
      skip_blanks();
      if (rest_.empty() || rest_.front() == ')' || next_is_word("OR")) break;
    }
    return joined(SearchNodeKind::both, std::move(parts));
  }

  Maybe negation() {
    if (!take_word("NOT")) return term({});
    if (++depth_ > depth_max) return failed();
    Maybe inner = negation();
    --depth_;
    if (!inner) return failed();
    std::vector<SearchNode> parts;
    parts.push_back(std::move(*inner));
    return of(SearchNodeKind::negation, std::move(parts));
  }

  /// A group, a term, or PROPERTY=term; `property` is what stood before the "=".
  Maybe term(const std::string& property) {
    skip_blanks();
    if (rest_.empty()) return failed();
    if (take('(')) return group(property);
    const bool exact = rest_.front() == '"';
    auto text = exact ? quoted() : bare(ends_bare);
    if (!text || text->empty() || (!exact && (*text == "AND" || *text == "OR"))) return failed();
    if (!rest_.empty() && rest_.front() == '=' && property.empty()) {
      rest_.remove_prefix(1);
      return term(*text);
    }
    return leaf(exact, property, std::move(*text));
  }

  Maybe group(const std::string& property) {
    const std::string outer = std::exchange(property_, property.empty() ? property_ : property);
    Maybe inner = either();
    property_ = outer;
    return inner && take(')') ? std::move(inner) : failed();
  }

  Maybe leaf(bool exact, const std::string& property, std::string text) {
    SearchNode node = of(exact ? SearchNodeKind::exact : SearchNodeKind::partial, {});
    node.property = property.empty() ? property_ : property;
    if (!exact) node.term = PartialTerm(text);
    if (!exact && node.term.empty()) return failed();
    node.text = std::move(text);
    return node;
  }

  std::string_view all_, rest_;
  std::string property_;  ///< of the group around
  int depth_ = 0;
  bool failed_ = false;
};

bool text_matches(const SearchNode& node, std::string_view name) {
  return node.kind == SearchNodeKind::exact ? node.text == name : node.term.matches(name);
}

bool leaf_matches(const SearchNode& node, const MetricId& metric) {
  if (node.property == "MetricName") return text_matches(node, metric.name);
  if (node.property == "Namespace") return text_matches(node, metric.metric_namespace);
  if (node.property.empty() && (text_matches(node, metric.name) || text_matches(node, metric.metric_namespace))) return true;
  return std::any_of(metric.dimensions.begin(), metric.dimensions.end(), [&](const auto& dimension) {
    if (!node.property.empty()) return dimension.first == node.property && text_matches(node, dimension.second);
    return text_matches(node, dimension.first) || text_matches(node, dimension.second);
  });
}

bool node_matches(const SearchNode& node, const MetricId& metric) {
  const auto part_matches = [&](const SearchNode& part) { return node_matches(part, metric); };
  switch (node.kind) {
    case SearchNodeKind::both:
      return std::all_of(node.parts.begin(), node.parts.end(), part_matches);
    case SearchNodeKind::either:
      return std::any_of(node.parts.begin(), node.parts.end(), part_matches);
    case SearchNodeKind::negation:
      return !part_matches(node.parts.front());
    default:
      return leaf_matches(node, metric);
  }
}

bool schema_matches(const SearchSchema& schema, const MetricId& metric) {
  if (metric.metric_namespace != schema.metric_namespace || metric.dimensions.size() != schema.dimensions.size()) return false;
  std::vector<std::string> names;
  for (const auto& [name, value] : metric.dimensions) names.push_back(name);
  std::sort(names.begin(), names.end());
  return names == schema.dimensions;
}

}  // namespace

bool SearchExpression::matches(const MetricId& metric) const {
  return (!schema || schema_matches(*schema, metric)) && (!terms || node_matches(*terms, metric));
}

Result<SearchExpression> parse_search(std::string_view text) {
  if (text.size() > size_max) return fail(ErrorKind::invalid, "Invalid SEARCH expression: it must not be longer than 1024 characters");
  return SearchParser(text).whole();
}

}  // namespace tocsin::telemetry
