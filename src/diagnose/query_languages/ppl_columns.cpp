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

Parsed<PplReader::Grouping> PplReader::grouping() {
  Grouping out;
  bool more = true;
  while (more) {
    auto each = statistic(out.columns);
    if (!each) return std::unexpected(each.error());
    out.text += (out.text.empty() ? "" : ", ") + *each;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    more = *comma;
  }
  const auto grouped = in_.accept_word("by");
  if (!grouped) return std::unexpected(grouped.error());
  for (more = *grouped; more;) {
    auto each = group(out.keys);
    if (!each) return std::unexpected(each.error());
    out.by += (out.by.empty() ? " by " : ", ") + *each;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    more = *comma;
  }
  return out;
}

Parsed<void> PplReader::stats() {
  auto asked = grouping();
  if (!asked) return std::unexpected(asked.error());
  commands_.push_back("stats " + asked->text + asked->by);
  shown_ = std::move(asked->columns);
  shown_->insert(shown_->end(), asked->keys.begin(), asked->keys.end());
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
  std::vector<std::string> groups;
  if (const auto by = in_.accept_word("by"); !by || *by) {
    if (!by) return std::unexpected(by.error());
    auto names_of_groups = names();
    if (!names_of_groups) return std::unexpected(names_of_groups.error());
    groups = std::move(*names_of_groups);
  }
  const std::string keys = groups.empty() ? joined(*list) : joined(groups) + ", " + joined(*list);
  commands_.push_back("stats count(*) as `count` by " + keys);
  commands_.push_back("sort " + (groups.empty() ? "" : joined(groups) + ", ") + "`count` " + order);
  // of each group so many
  commands_.push_back(groups.empty() ? "limit " + std::to_string(rows) : "dedup " + std::to_string(rows) + " " + joined(groups));
  shown_ = std::move(groups);
  shown_->insert(shown_->end(), list->begin(), list->end());
  shown_->push_back("count");
  return {};
}

Parsed<void> PplReader::dedup() {
  std::size_t rows = 1;
  if (in_.token().kind == Kind::number) {
    auto count = in_.count();
    if (!count) return std::unexpected(count.error());
    if (*count == 0) return in_.wrong("dedup keeps at least one row of each");
    rows = *count;
  }
  auto list = names();
  if (!list) return std::unexpected(list.error());
  bool keep_empty = false;
  if (in_.at_word("keepempty")) {
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    keep_empty = in_.at_word("true");
    if (!keep_empty && !in_.at_word("false")) return in_.unexpected("true or false");
    if (auto moved = in_.advance(); !moved) return moved;
  }
  if (in_.at_word("consecutive")) return in_.wrong("dedup with consecutive is not offered");
  if (keep_empty && rows != 1) return in_.wrong("dedup with keepempty keeps one row of each");
  // a number says that rows without a value are left out
  commands_.push_back("dedup " + (keep_empty ? "" : std::to_string(rows) + " ") + joined(*list));
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
  commands_.push_back("parse " + quoted_field(*field) + " /" + slashes_escaped(*pattern) + "/");
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
  if (in_.at_word("value")) {
    if (auto moved = in_.advance(); !moved) return moved;
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    const SqlToken value = in_.token();
    if (value.kind != Kind::text && value.kind != Kind::number) return in_.unexpected("a text or a number");
    if (auto moved = in_.advance(); !moved) return moved;
    // names with or without commas between them
    do {
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      fill(*name, value.kind == Kind::text ? quoted_text(value.text) : value.text);
      if (auto comma = in_.accept_sign(","); !comma) return std::unexpected(comma.error());
    } while (in_.at_name());
    return {};
  }
  if (auto word = in_.expect_word("using"); !word) return in_.unexpected("with, value= or using");
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
