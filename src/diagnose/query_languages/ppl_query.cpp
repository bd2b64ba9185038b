// PPL: commands between bars, said in the language of Logs Insights.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_PPL.html
#include <algorithm>

#include "diagnose/log_query/function_names.h"
#include "diagnose/query_languages/query_languages.h"
#include "diagnose/query_languages/sql_expression.h"
#include "diagnose/query_languages/sql_functions.h"

namespace tocsin::diagnose {
namespace {

using Kind = SqlToken::Kind;

class PplReader {
 public:
  PplReader(SqlReader& in, bool inner) : in_(in), inner_(inner), expressions_(in, false) {
    if (!inner)
      expressions_.subquery = [this]() -> Parsed<std::string> {
        PplReader nested(in_, true);
        return nested.read();
      };
    expressions_.resolve = [this](const std::string& name) {
      const auto renamed = renamed_.find(name);
      return renamed == renamed_.end() ? name : renamed->second;
    };
  }

  Parsed<std::string> read() {
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

  std::vector<std::string> groups;

 private:
  using Read = Parsed<void> (PplReader::*)();
  struct Form {
    std::string_view name;
    Read read;
  };

  Parsed<void> command() {
    static constexpr Form forms[] = {{"fields", &PplReader::fields},     {"table", &PplReader::fields}, {"where", &PplReader::where},
                                     {"stats", &PplReader::stats},       {"eval", &PplReader::eval},    {"sort", &PplReader::sort},
                                     {"head", &PplReader::head},         {"top", &PplReader::top},      {"rare", &PplReader::rare},
                                     {"dedup", &PplReader::dedup},       {"rename", &PplReader::rename}, {"parse", &PplReader::parse},
                                     {"fillnull", &PplReader::fillnull}, {"source", &PplReader::source}, {"search", &PplReader::search},
                                     {"patterns", &PplReader::patterns}, {"expand", &PplReader::expand}};
    const SqlToken word = in_.token();
    const std::string name = lower_case(word.text);
    const auto form = std::find_if(std::begin(forms), std::end(forms), [&](const Form& each) { return each.name == name; });
    if (word.kind != Kind::word) return in_.unexpected("a command");
    if (form == std::end(forms)) return in_.wrong("the command " + word.text + " of PPL is not offered");
    if (auto moved = in_.advance(); !moved) return moved;
    return (this->*form->read)();
  }

  Parsed<std::vector<std::string>> names() {
    std::vector<std::string> all;
    while (true) {
      auto name = in_.name();
      if (!name) return std::unexpected(name.error());
      all.push_back(expressions_.resolve(*name));
      const auto comma = in_.accept_sign(",");
      if (!comma) return std::unexpected(comma.error());
      if (!*comma) return all;
    }
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string list;
    for (const std::string& name : names) list += (list.empty() ? "" : ", ") + quoted_field(name);
    return list;
  }

  Parsed<void> search() {
    if (in_.at_word("source")) {
      if (auto moved = in_.advance(); !moved) return moved;
      return source();
    }
    return in_.unexpected("source");
  }

  /// source = [`a`, `b`] or source = `a`; an expression may follow as a condition.
  Parsed<void> source() {
    if (!commands_.empty() || !groups.empty()) return in_.wrong("source must be the first command");
    if (auto equal = in_.expect_sign("="); !equal) return equal;
    const auto bracket = in_.accept_sign("[");
    if (!bracket) return std::unexpected(bracket.error());
    while (true) {
      auto group = in_.token().kind == Kind::text ? in_.text() : in_.name();
      if (!group) return std::unexpected(group.error());
      groups.push_back(std::move(*group));
      const auto comma = in_.accept_sign(",");
      if (!comma) return std::unexpected(comma.error());
      if (!*comma) break;
    }
    if (*bracket)
      if (auto close = in_.expect_sign("]"); !close) return close;
    if (in_.at_end() || in_.at_sign("|") || in_.at_sign("]") || in_.at_sign(")")) return {};
    return where();
  }

  Parsed<void> fields() {
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

  Parsed<void> where() {
    auto condition = expressions_.expression();
    if (!condition) return std::unexpected(condition.error());
    commands_.push_back("filter " + condition->text);
    return {};
  }

  Parsed<void> eval() {
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

  /// A column under a name that may be there already: it is then another one, under the old name to the user.
  void made(const std::string& name, const std::string& expression) {
    if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
    commands_.push_back("fields " + expression + " as " + quoted_field(name));
    if (std::find(shown_->begin(), shown_->end(), name) == shown_->end()) shown_->push_back(name);
  }

  Parsed<std::string> statistic(std::vector<std::string>& columns) {
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

  /// A field, an expression, or span(field, 5m).
  Parsed<std::string> group(std::vector<std::string>& columns) {
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
      text = unit.empty() ? "(floor(" + quoted_field(*of) + " / " + size + ") * " + size + ")" : "datefloor(" + quoted_field(*of) + ", " + size + unit + ")";
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

  Parsed<void> stats() {
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
    renamed_.clear();
    return {};
  }

  /// [count] [+|-]field, …
  Parsed<void> sort() {
    std::optional<std::size_t> count;
    if (in_.token().kind == Kind::number) {
      auto read = in_.count();
      if (!read) return std::unexpected(read.error());
      count = *read;
    }
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
    if (count && *count > 0) commands_.push_back("limit " + std::to_string(*count));
    return {};
  }

  Parsed<void> head() {
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

  Parsed<void> top() { return most("desc"); }
  Parsed<void> rare() { return most("asc"); }

  Parsed<void> most(const char* order) {
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

  Parsed<void> dedup() {
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

  /// The column is another one from now on; it shows under its new name.
  Parsed<void> rename() {
    while (true) {
      auto from = in_.name();
      if (!from) return std::unexpected(from.error());
      if (auto as = in_.expect_word("as"); !as) return as;
      auto to = in_.name();
      if (!to) return std::unexpected(to.error());
      const std::string source = expressions_.resolve(*from);
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

  Parsed<void> parse() {
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
    commands_.push_back("parse " + quoted_field(expressions_.resolve(*field)) + " /" + regex + "/");
    if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
    for (std::size_t at = 0; (at = pattern->find("(?<", at)) != std::string::npos; at += 3) {
      const std::size_t end = pattern->find('>', at);
      const std::string name = end == std::string::npos ? "" : pattern->substr(at + 3, end - at - 3);
      if (!name.empty() && name[0] != '=' && name[0] != '!') shown_->push_back(name);
    }
    return {};
  }

  /// fillnull with VALUE in a, b; fillnull using a = VALUE, b = VALUE
  Parsed<void> fillnull() {
    if (in_.at_word("with")) {
      if (auto moved = in_.advance(); !moved) return moved;
      auto value = expressions_.expression();
      if (!value) return std::unexpected(value.error());
      if (auto in = in_.expect_word("in"); !in) return in;
      auto list = names();
      if (!list) return std::unexpected(list.error());
      for (const std::string& name : *list) fill(name, value->text);
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

  void fill(const std::string& name, const std::string& value) {
    const std::string source = expressions_.resolve(name), filled = "__filled_" + name;
    commands_.push_back("fields coalesce(" + quoted_field(source) + ", " + value + ") as " + quoted_field(filled));
    if (!shown_) shown_ = std::vector<std::string>{"@timestamp", "@message"};
    const auto at = std::find(shown_->begin(), shown_->end(), source);
    if (at == shown_->end())
      shown_->push_back(filled);
    else
      *at = filled;
    renamed_[name] = filled;
  }

  Parsed<void> patterns() {
    std::string field = "@message";
    if (in_.at_name()) field = in_.token().text;
    if (in_.at_name())
      if (auto moved = in_.advance(); !moved) return moved;
    commands_.push_back("pattern " + quoted_field(field));
    shown_.reset();
    return {};
  }

  Parsed<void> expand() {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    commands_.push_back("expand " + quoted_field(expressions_.resolve(*name)));
    return {};
  }

  SqlReader& in_;
  const bool inner_;
  SqlExpressionReader expressions_;
  std::vector<std::string> commands_;
  std::optional<std::vector<std::string>> shown_;  ///< what a display at the end names; without it what the commands show
  std::map<std::string, std::string> renamed_;     ///< what a name of the user stands for
};

}  // namespace

Parsed<TranslatedQuery> translate_ppl(std::string_view text) {
  SqlReader in(text, SqlReader::DoubleQuotes::text);
  if (auto begun = in.begin(); !begun) return std::unexpected(begun.error());
  PplReader reader(in, false);
  auto query = reader.read();
  if (!query) return std::unexpected(query.error());
  return TranslatedQuery{std::move(*query), std::move(reader.groups)};
}

}  // namespace tocsin::diagnose
