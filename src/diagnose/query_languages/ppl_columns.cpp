// The commands of PPL that make columns: stats and its company, rename, parse, fillnull.
#include <algorithm>

#include "diagnose/query_languages/ppl_reader.h"
#include "diagnose/query_languages/sql_functions.h"

namespace tocsin::diagnose {

using Kind = SqlToken::Kind;

Parsed<std::string> PplReader::statistic(std::vector<std::string>& columns) {
  const std::size_t begin = in_.token().begin;
  auto expression = expressions_.expression();
  if (!expression) return std::unexpected(expression.error());
  if (!expression->statistic) return std::unexpected(QueryError{"stats takes functions such as count()", begin, in_.last_end()});
  std::string name = expression->source;
  const auto as = in_.accept_word("as");
  if (!as) return std::unexpected(as.error());
  if (*as) {
    auto given = in_.name();
    if (!given) return given;
    name = *given;
  }
  columns.push_back(name);
  return expression->text + " as " + quoted_field(name);
}

Parsed<std::string> PplReader::group(std::vector<std::string>& columns) {
  const std::size_t begin = in_.token().begin;
  std::string text, name;
  bool field = false;
  if (in_.at_word("span")) {
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    if (auto open = in_.expect_sign("("); !open) return std::unexpected(open.error());
    auto of = in_.name();
    if (!of) return of;
    if (auto comma = in_.expect_sign(","); !comma) return std::unexpected(comma.error());
    auto count = in_.count();
    if (!count) return std::unexpected(count.error());
    std::string unit;
    if (in_.token().kind == Kind::word) {
      unit = in_.token().text;
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    }
    if (auto close = in_.expect_sign(")"); !close) return std::unexpected(close.error());
    const std::string size = std::to_string(*count);
    text = unit.empty() ? "(floor(" + quoted_field(*of) + " / " + size + ") * " + size + ")"
                        : "datefloor(" + quoted_field(*of) + ", " + size + unit + ")";
    name = in_.source(begin);
  } else {
    auto expression = expressions_.expression();
    if (!expression) return std::unexpected(expression.error());
    text = expression->text;
    field = !expression->field.empty();
    name = field ? expression->field : expression->source;
  }
  const auto as = in_.accept_word("as");
  if (!as) return std::unexpected(as.error());
  if (*as) {
    auto given = in_.name();
    if (!given) return given;
    field = field && *given == name;
    name = *given;
  }
  columns.push_back(name);
  return field ? text : text + " as " + quoted_field(name);
}

Parsed<void> PplReader::stats() {
  std::vector<std::string> columns, keys;
  std::string list, by;
  while (true) {
    auto each = statistic(columns);
    if (!each) return std::unexpected(each.error());
    list += (list.empty() ? "" : ", ") + *each;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) break;
  }
  const auto grouped = in_.accept_word("by");
  if (!grouped) return std::unexpected(grouped.error());
  while (*grouped) {
    auto each = group(keys);
    if (!each) return std::unexpected(each.error());
    by += (by.empty() ? " by " : ", ") + *each;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) break;
  }
  commands_.push_back("stats " + list + by);
  columns.insert(columns.end(), keys.begin(), keys.end());
  shown_ = std::move(columns);
  return {};
}

Parsed<void> PplReader::top() { return most("desc"); }

Parsed<void> PplReader::rare() { return most("asc"); }

Parsed<void> PplReader::most(const char* order) {
  std::size_t rows = 10;
  if (in_.token().kind == Kind::number) {
    auto read = in_.count();
    if (!read) return std::unexpected(read.error());
    rows = *read;
  }
  auto list = names();
  if (!list) return std::unexpected(list.error());
  if (in_.at_word("by")) return in_.wrong("top and rare with by are not offered: stats count() by … with sort says it");
  commands_.push_back("stats count(*) as `count` by " + joined(*list));
  commands_.push_back(std::string("sort `count` ") + order);
  commands_.push_back("limit " + std::to_string(rows));
  shown_ = std::move(*list);
  shown_->push_back("count");
  return {};
}

Parsed<void> PplReader::dedup() {
  if (in_.token().kind == Kind::number) {
    auto count = in_.count();
    if (!count) return std::unexpected(count.error());
    if (*count != 1) return in_.wrong("dedup keeps one row of each: another number is not offered");
  }
  auto list = names();
  if (!list) return std::unexpected(list.error());
  if (in_.at_word("keepempty") || in_.at_word("consecutive")) return in_.wrong("the options of dedup are not offered");
  // rows without a value are left out, where Logs Insights would keep them
  std::string present;
  for (const std::string& name : *list) present += (present.empty() ? "" : " and ") + ("ispresent(" + quoted_field(name) + ")");
  commands_.push_back("filter " + present);
  commands_.push_back("dedup " + joined(*list));
  return {};
}

Parsed<void> PplReader::rename() {
  while (true) {
    auto from = in_.name();
    if (!from) return std::unexpected(from.error());
    if (auto as = in_.expect_word("as"); !as) return as;
    auto to = in_.name();
    if (!to) return std::unexpected(to.error());
    const std::string source = *from;
    commands_.push_back("fields " + quoted_field(source) + " as " + quoted_field(*to));
    if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
    const auto at = std::find(shown_->begin(), shown_->end(), source);
    if (at == shown_->end())
      shown_->push_back(*to);
    else
      *at = *to;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) return {};
  }
}

Parsed<void> PplReader::parse() {
  auto field = in_.name();
  if (!field) return std::unexpected(field.error());
  auto pattern = in_.text();
  if (!pattern) return std::unexpected(pattern.error());
  std::string regex;
  for (std::size_t i = 0; i < pattern->size(); ++i) {
    if ((*pattern)[i] == '\\' && i + 1 < pattern->size()) {
      regex += (*pattern)[i++];
      regex += (*pattern)[i];
    } else {
      regex += (*pattern)[i] == '/' ? "\\/" : std::string(1, (*pattern)[i]);
    }
  }
  commands_.push_back("parse " + quoted_field(*field) + " /" + regex + "/");
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  for (std::size_t at = 0; (at = pattern->find("(?<", at)) != std::string::npos; at += 3) {
    const std::size_t end = pattern->find('>', at);
    const std::string name = end == std::string::npos ? "" : pattern->substr(at + 3, end - at - 3);
    if (!name.empty() && name[0] != '=' && name[0] != '!') shown_->push_back(name);
  }
  return {};
}

Parsed<void> PplReader::fillnull() {
  if (in_.at_word("with")) {
    if (auto moved = in_.advance(); !moved) return moved;
    // a constant: an expression would take "in" for a test
    const SqlToken value = in_.token();
    if (value.kind != Kind::text && value.kind != Kind::number) return in_.unexpected("a text or a number");
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto in = in_.expect_word("in"); !in) return in;
    auto list = names();
    if (!list) return std::unexpected(list.error());
    for (const std::string& name : *list) fill(name, value.kind == Kind::text ? quoted_text(value.text) : value.text);
    return {};
  }
  if (auto word = in_.expect_word("using"); !word) return in_.unexpected("with or using");
  while (true) {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    auto value = expressions_.expression();
    if (!value) return std::unexpected(value.error());
    fill(*name, value->text);
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) return {};
  }
}

void PplReader::fill(const std::string& name, const std::string& value) {
  made(name, "coalesce(" + quoted_field(name) + ", " + value + ")");
}

}  // namespace tocsin::diagnose
