// The commands of PPL that look at other rows and other groups: eventstats, trendline, fieldsummary, grok, join.
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-ppl.html
#include <algorithm>

#include "diagnose/query_languages/ppl_reader.h"
#include "diagnose/query_languages/sql_functions.h"
#include "telemetry/logs/transformers/grok.h"

namespace tocsin::diagnose {

using Kind = SqlToken::Kind;

Parsed<void> PplReader::event_stats() {
  const auto asked = grouping();
  if (!asked) return std::unexpected(asked.error());
  commands_.push_back("eventstats " + asked->text + asked->by);
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  for (const std::string& column : asked->columns)
    if (std::find(shown_->begin(), shown_->end(), column) == shown_->end()) shown_->push_back(column);
  return {};
}

Parsed<void> PplReader::trendline() {
  if (in_.at_word("sort")) {
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto sorted = sort_keys(); !sorted) return sorted;
  }
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  bool any = false;
  while (in_.at_word("sma") || in_.at_word("wma")) {
    any = true;
    const bool weighted = in_.at_word("wma");
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto open = in_.expect_sign("("); !open) return open;
    auto count = in_.count();
    if (!count) return std::unexpected(count.error());
    if (*count < 1 || *count > 10'000) return in_.wrong("trendline takes from 1 to 10000 rows");
    if (auto comma = in_.expect_sign(","); !comma) return comma;
    auto field = in_.name();
    if (!field) return std::unexpected(field.error());
    if (auto close = in_.expect_sign(")"); !close) return close;
    std::string name = *field + "_trendline";
    const auto as = in_.accept_word("as");
    if (!as) return std::unexpected(as.error());
    if (*as) {
      auto given = in_.name();
      if (!given) return std::unexpected(given.error());
      name = std::move(*given);
    }
    commands_.push_back("trendline " + std::to_string(*count) + (weighted ? " weighted " : " plain ") + quoted_field(*field) + " as " +
                        quoted_field(name));
    shown_->push_back(name);
    if (auto comma = in_.accept_sign(","); !comma) return std::unexpected(comma.error());
  }
  if (!any) return in_.unexpected("sma or wma");
  return {};
}

Parsed<void> PplReader::field_summary() {
  std::string field;
  while (in_.at_word("includefields") || in_.at_word("nulls")) {
    const bool fields = in_.at_word("includefields");
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    if (fields) field = std::move(*name);
    if (in_.at_sign(",")) return in_.wrong("fieldsummary takes one field a query");
  }
  if (field.empty()) return in_.unexpected("includefields=");
  const std::string f = quoted_field(field);
  commands_.push_back("stats " + quoted_text(field) + " as Field, count(" + f + ") as `COUNT`, count_distinct(" + f +
                      ") as `DISTINCT`, min(" + f + ") as `MIN`, max(" + f + ") as `MAX`, avg(" + f + ") as `AVG`, avg(" + f +
                      ") as `MEAN`, sqrt(variance(" + f + ") * count(toNumber(" + f + ")) / (count(toNumber(" + f +
                      ")) - 1)) as `STDDEV`, count(*) - count(" + f + ") as `NULLS`");
  shown_ = std::vector<std::string>{"Field", "COUNT", "DISTINCT", "MIN", "MAX", "AVG", "MEAN", "STDDEV", "NULLS"};
  return {};
}

namespace {

/// The pattern as a regular expression; the names that it gives are added. Nothing when it names a pattern that is not known.
std::optional<std::string> grok_regex(std::string_view pattern, bool top, std::vector<std::string>& names, int depth) {
  constexpr int depth_max = 12;
  if (depth > depth_max) return std::nullopt;
  std::string regex;
  while (!pattern.empty()) {
    const std::size_t at = std::min(pattern.find("%{"), pattern.size());
    regex += pattern.substr(0, at);
    if (at == pattern.size()) break;
    const std::size_t end = pattern.find('}', at);
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view inside = pattern.substr(at + 2, end - at - 2);
    const std::size_t colon = inside.find(':');
    const auto* known = telemetry::transformers::grok_pattern(inside.substr(0, colon));
    if (!known) return std::nullopt;
    auto inner = grok_regex(known->regex, false, names, depth + 1);
    if (!inner) return std::nullopt;
    if (top && colon != std::string_view::npos) {
      names.emplace_back(inside.substr(colon + 1));
      regex += "(?<" + names.back() + ">" + *inner + ")";
    } else {
      regex += "(?:" + *inner + ")";
    }
    pattern.remove_prefix(end + 1);
  }
  return regex;
}

}  // namespace

Parsed<void> PplReader::grok() {
  auto field = in_.name();
  if (!field) return std::unexpected(field.error());
  const SqlToken token = in_.token();
  auto pattern = in_.text();
  if (!pattern) return std::unexpected(pattern.error());
  std::vector<std::string> given;
  const auto regex = grok_regex(*pattern, true, given, 0);
  if (!regex || given.empty())
    return std::unexpected(QueryError{"no grok pattern that names a field: " + *pattern, token.begin, token.end});
  commands_.push_back("parse " + quoted_field(*field) + " /" + slashes_escaped(*regex) + "/");
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  for (std::string& name : given) shown_->push_back(std::move(name));
  return {};
}

Parsed<void> PplReader::inner_join() {
  if (auto word = in_.expect_word("join"); !word) return word;
  return join_with(false);
}

Parsed<void> PplReader::left_join() {
  if (auto outer = in_.accept_word("outer"); !outer) return std::unexpected(outer.error());
  if (auto word = in_.expect_word("join"); !word) return word;
  return join_with(true);
}

Parsed<void> PplReader::join_with(bool keep_left) {
  if (inner_) return in_.wrong("a join cannot stand within a subquery");
  std::string left, right;
  while (in_.at_word("left") || in_.at_word("right")) {
    const bool is_left = in_.at_word("left");
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    (is_left ? left : right) = std::move(*name);
    if (auto comma = in_.accept_sign(","); !comma) return std::unexpected(comma.error());
  }
  if (left.empty() || right.empty()) return in_.wrong("a join names both sides: left=l, right=r");
  if (!in_.at_word("on") && !in_.at_word("where")) return in_.unexpected("on");
  if (auto moved = in_.advance(); !moved) return moved;
  std::string keys;
  while (true) {
    auto a = in_.name();
    if (!a) return std::unexpected(a.error());
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    auto b = in_.name();
    if (!b) return std::unexpected(b.error());
    if (a->starts_with(right + ".")) std::swap(*a, *b);
    keys += (keys.empty() ? "" : " and ") + quoted_field(*a) + "=" + quoted_field(*b);
    const auto more = in_.accept_word("and");
    if (!more) return std::unexpected(more.error());
    if (!*more) break;
  }
  auto group = in_.token().kind == Kind::text ? in_.text() : in_.name();
  if (!group) return std::unexpected(group.error());
  commands_.push_back(std::string("join type=") + (keep_left ? "left" : "inner") + " left=" + left + " right=" + right + " where " + keys +
                      " (SOURCE " + quoted_text(*group) + ")");
  return {};
}

}  // namespace tocsin::diagnose
