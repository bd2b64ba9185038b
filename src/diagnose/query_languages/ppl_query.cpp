// PPL: commands between bars, said in the language of Logs Insights.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_PPL.html
#include <algorithm>

#include "diagnose/log_query/function_names.h"
#include "diagnose/query_languages/ppl_reader.h"
#include "diagnose/query_languages/query_languages.h"
#include "diagnose/query_languages/sql_functions.h"

namespace tocsin::diagnose {

using Kind = SqlToken::Kind;

Parsed<std::string> PplReader::read() {
  if (inner_)
    if (auto word = in_.accept_word("subquery"); !word) return std::unexpected(word.error());
  while (true) {
    if (auto done = command(); !done) return std::unexpected(done.error());
    if (in_.at_end() || (inner_ && (in_.at_sign("]") || in_.at_sign(")")))) break;
    if (auto bar = in_.expect_sign("|"); !bar) return std::unexpected(bar.error());
  }
  std::string text;
  if (inner_ && !groups.empty()) {
    text = "SOURCE ";
    for (std::size_t i = 0; i < groups.size(); ++i) text += (i ? ", " : "") + quoted_text(groups[i]);
  }
  if (shown_) {
    std::string list;
    for (const std::string& name : *shown_) list += (list.empty() ? "display " : ", ") + quoted_field(name);
    commands_.push_back(list);
  }
  for (const std::string& each : commands_) text += (text.empty() ? "" : " | ") + each;
  return text.empty() ? std::string("fields @timestamp, @message") : text;
}

Parsed<void> PplReader::command() {
  static constexpr Form forms[] = {{"fields", &PplReader::fields},       {"table", &PplReader::fields},
                                   {"where", &PplReader::where},         {"stats", &PplReader::stats},
                                   {"eval", &PplReader::eval},           {"sort", &PplReader::sort},
                                   {"head", &PplReader::head},           {"top", &PplReader::top},
                                   {"rare", &PplReader::rare},           {"dedup", &PplReader::dedup},
                                   {"rename", &PplReader::rename},       {"parse", &PplReader::parse},
                                   {"fillnull", &PplReader::fillnull},   {"source", &PplReader::source},
                                   {"search", &PplReader::search},       {"patterns", &PplReader::patterns},
                                   {"expand", &PplReader::expand},       {"eventstats", &PplReader::event_stats},
                                   {"trendline", &PplReader::trendline}, {"fieldsummary", &PplReader::field_summary},
                                   {"grok", &PplReader::grok},           {"join", &PplReader::join},
                                   {"inner", &PplReader::inner_join},    {"left", &PplReader::left_join}};
  const SqlToken word = in_.token();
  const std::string name = lower_case(word.text);
  const auto form = std::find_if(std::begin(forms), std::end(forms), [&](const Form& each) { return each.name == name; });
  if (word.kind != Kind::word) return in_.unexpected("a command");
  if (form == std::end(forms)) return in_.wrong("the command " + word.text + " of PPL is not offered");
  if (auto moved = in_.advance(); !moved) return moved;
  return (this->*form->read)();
}

Parsed<std::vector<std::string>> PplReader::names() {
  std::vector<std::string> all;
  while (true) {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    all.push_back(std::move(*name));
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) return all;
  }
}

std::string PplReader::joined(const std::vector<std::string>& names) {
  std::string list;
  for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_field(name);
  return list;
}

Parsed<void> PplReader::search() {
  if (in_.at_word("source")) {
    if (auto moved = in_.advance(); !moved) return moved;
    return source();
  }
  return in_.unexpected("source");
}

Parsed<void> PplReader::source() {
  if (!commands_.empty() || !groups.empty()) return in_.wrong("source must be the first command");
  if (auto equal = in_.expect_sign("="); !equal) return equal;
  const auto bracket = in_.accept_sign("[");
  if (!bracket) return std::unexpected(bracket.error());
  while (true) {
    if (auto read = source_part(); !read) return read;
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) break;
  }
  if (*bracket)
    if (auto close = in_.expect_sign("]"); !close) return close;
  if (in_.at_end() || in_.at_sign("|") || in_.at_sign("]") || in_.at_sign(")")) return {};
  return where();
}

/// A group, lg:`group`, or what is asked of fields that have an index: `aws:fieldIndex` = "a", `a` = 1.
Parsed<void> PplReader::source_part() {
  if (in_.at_word("ds")) return in_.wrong("data sources are not offered");
  if (in_.at_word("lg")) {
    const auto taken = in_.accept_word("lg");
    if (auto colon = in_.expect_sign(":"); !taken || !colon) return in_.unexpected("lg: and a log group");
  }
  const SqlToken token = in_.token();
  if (token.kind == Kind::name && token.text == "aws:fieldIndex") {
    // every field can be looked up: which ones are meant says nothing more
    if (auto named = expressions_.expression(); !named) return std::unexpected(named.error());
    return {};
  }
  const SqlReader here = in_;
  auto group = token.kind == Kind::text ? in_.text() : in_.name();
  if (!group) return std::unexpected(group.error());
  if (in_.at_sign("=") || in_.at_word("in")) {
    in_ = here;
    return where();
  }
  groups.push_back(std::move(*group));
  return {};
}

Parsed<void> PplReader::fields() {
  bool minus = false;
  if (in_.at_sign("-") || in_.at_sign("+")) {
    minus = in_.at_sign("-");
    if (auto moved = in_.advance(); !moved) return moved;
  }
  auto list = names();
  if (!list) return std::unexpected(list.error());
  if (!minus) {
    shown_ = std::move(*list);
    return {};
  }
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  std::erase_if(*shown_, [&](const std::string& name) { return std::find(list->begin(), list->end(), name) != list->end(); });
  if (shown_->empty()) return in_.wrong("fields - leaves no field to show");
  return {};
}

Parsed<void> PplReader::where() {
  auto condition = expressions_.expression();
  if (!condition) return std::unexpected(condition.error());
  commands_.push_back("filter " + condition->text);
  return {};
}

Parsed<void> PplReader::eval() {
  while (true) {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    auto expression = expressions_.expression();
    if (!expression) return std::unexpected(expression.error());
    made(*name, expression->text);
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) return {};
  }
}

void PplReader::made(const std::string& name, const std::string& expression) {
  if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
  commands_.push_back("fields " + expression + " as " + quoted_field(name));
  if (std::find(shown_->begin(), shown_->end(), name) == shown_->end()) shown_->push_back(name);
}

Parsed<void> PplReader::sort() {
  std::optional<std::size_t> count;
  if (in_.token().kind == Kind::number) {
    auto read = in_.count();
    if (!read) return std::unexpected(read.error());
    count = *read;
  }
  if (auto sorted = sort_keys(); !sorted) return sorted;
  if (count && *count > 0) commands_.push_back("limit " + std::to_string(*count));
  return {};
}

Parsed<void> PplReader::sort_keys() {
  std::string keys;
  while (true) {
    bool descending = in_.at_sign("-");
    if (descending || in_.at_sign("+"))
      if (auto moved = in_.advance(); !moved) return moved;
    auto key = expressions_.expression();
    if (!key) return std::unexpected(key.error());
    for (const char* word : {"desc", "d", "asc", "a"})
      if (in_.at_word(word)) {
        descending = word[0] == 'd';
        if (auto moved = in_.advance(); !moved) return moved;
        break;
      }
    keys += (keys.empty() ? "" : ", ") + key->text + (descending ? " desc" : " asc");
    const auto comma = in_.accept_sign(",");
    if (!comma) return std::unexpected(comma.error());
    if (!*comma) break;
  }
  commands_.push_back("sort " + keys);
  return {};
}

Parsed<void> PplReader::head() {
  std::size_t rows = 10;
  if (in_.token().kind == Kind::number) {
    auto read = in_.count();
    if (!read) return std::unexpected(read.error());
    rows = *read;
  }
  if (in_.at_word("from")) return in_.wrong("head … from is not offered");
  commands_.push_back("limit " + std::to_string(rows));
  return {};
}

Parsed<void> PplReader::patterns() {
  std::string field = "@message";
  if (in_.at_name()) field = in_.token().text;
  if (in_.at_name())
    if (auto moved = in_.advance(); !moved) return moved;
  commands_.push_back("pattern " + quoted_field(field));
  shown_.reset();
  return {};
}

Parsed<void> PplReader::expand() {
  auto name = in_.name();
  if (!name) return std::unexpected(name.error());
  const auto as = in_.accept_word("as");
  if (!as) return std::unexpected(as.error());
  if (*as) {
    auto alias = in_.name();
    if (!alias) return std::unexpected(alias.error());
    commands_.push_back("unnest " + quoted_field(*name) + " into " + quoted_field(*alias));
    if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
    shown_->push_back(*alias);
    return {};
  }
  commands_.push_back("expand " + quoted_field(*name));
  return {};
}

Parsed<TranslatedQuery> translate_ppl(std::string_view text) {
  SqlReader in(text, SqlReader::DoubleQuotes::text);
  if (auto begun = in.begin(); !begun) return std::unexpected(begun.error());
  PplReader reader(in, false);
  auto query = reader.read();
  if (!query) return std::unexpected(query.error());
  return TranslatedQuery{std::move(*query), std::move(reader.groups)};
}

}  // namespace tocsin::diagnose
