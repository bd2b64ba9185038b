#include "diagnose/log_query/query_parser.h"

#include <algorithm>

#include "diagnose/log_query/expression_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t commands_max = 50;
constexpr double rows_max = 100'000;

class QueryParser {
 public:
  explicit QueryParser(std::string_view text) : in_(text) {}

  Parsed<QueryPlan> query() {
    QueryPlan plan;
    if (auto begun = in_.begin(); !begun) return std::unexpected(begun.error());
    if (in_.token().kind == TokenKind::end) return plan;
    while (true) {
      if (auto read = command(plan); !read) return std::unexpected(read.error());
      if (in_.token().kind == TokenKind::end) break;
      if (!in_.at_sign("|")) return in_.unexpected("'|'");
      if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
      if (in_.token().kind == TokenKind::end) break;
    }
    return plan;
  }

 private:
  Parsed<void> command(QueryPlan& plan) {
    if (plan.commands.size() == commands_max) return in_.wrong("too many commands");
    if (in_.token().kind != TokenKind::word) return in_.unexpected("a command");
    const Token word = in_.token();
    const std::string name = lower_case(word.text);
    if (auto moved = in_.advance(); !moved) return moved;
    if (name == "fields") return keep(plan, columns(), [](auto columns) { return FieldsCommand{std::move(columns)}; });
    if (name == "display") return keep(plan, columns(), [](auto columns) { return DisplayCommand{std::move(columns)}; });
    if (name == "filter" || name == "where")
      return keep(plan, in_.expression(), [](auto condition) { return FilterCommand{std::move(condition)}; });
    if (name == "parse") return keep(plan, parse(), [](auto command) { return command; });
    if (name == "stats") return keep(plan, stats(), [](auto command) { return command; });
    if (name == "sort") return keep(plan, sort(), [](auto command) { return command; });
    if (name == "limit" || name == "head") return keep(plan, limit(), [](auto command) { return command; });
    return std::unexpected(QueryError{"the command '" + word.text + "' is not known or not offered yet", word.begin, word.end});
  }

  template <typename T, typename Make>
  static Parsed<void> keep(QueryPlan& plan, Parsed<T> read, Make make) {
    if (!read) return std::unexpected(read.error());
    plan.commands.emplace_back(make(std::move(*read)));
    return {};
  }

  /// The name behind "as", else the text since `begin`.
  Parsed<std::string> alias(std::size_t begin) {
    const auto named = in_.accept_word("as");
    if (!named) return std::unexpected(named.error());
    return *named ? in_.name() : Parsed<std::string>(in_.text_since(begin));
  }

  Parsed<Column> column() {
    const Token first = in_.token();
    auto expression = in_.expression();
    if (!expression) return std::unexpected(expression.error());
    auto name = alias(first.begin);
    if (!name) return std::unexpected(name.error());
    // a field in backticks is shown by its name
    if (expression->kind == Expression::Kind::field && first.kind == TokenKind::field && name->starts_with('`')) name = expression->field;
    return Column{std::move(*name), std::move(*expression)};
  }

  template <typename T>
  Parsed<std::vector<T>> list(Parsed<T> (QueryParser::*part)()) {
    std::vector<T> all;
    while (true) {
      auto one = (this->*part)();
      if (!one) return std::unexpected(one.error());
      all.push_back(std::move(*one));
      const auto more = in_.accept_sign(",");
      if (!more) return std::unexpected(more.error());
      if (!*more) return all;
    }
  }

  Parsed<std::vector<Column>> columns() { return list(&QueryParser::column); }

  Parsed<StatisticColumn> statistic_column() {
    const Token name = in_.token();
    const StatisticForm* form = name.kind == TokenKind::word ? statistic_named(name.text) : nullptr;
    if (!form) return in_.unexpected("a function of stats, such as count(*)");
    StatisticColumn column{.name = {}, .statistic = form->statistic, .expression = {}};
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    if (auto opened = in_.expect_sign("("); !opened) return std::unexpected(opened.error());
    if (auto read = arguments(column); !read) return std::unexpected(read.error());
    if (auto closed = in_.expect_sign(")"); !closed) return std::unexpected(closed.error());
    auto alias_name = alias(name.begin);
    if (!alias_name) return std::unexpected(alias_name.error());
    column.name = std::move(*alias_name);
    return column;
  }

  Parsed<void> arguments(StatisticColumn& column) {
    if (column.statistic == Statistic::count) {
      if (in_.at_sign(")")) return {};
      const auto star = in_.accept_sign("*");
      if (!star) return std::unexpected(star.error());
      if (*star) return {};
      column.statistic = Statistic::count_of;
    }
    auto expression = in_.expression();
    if (!expression) return std::unexpected(expression.error());
    column.expression = std::move(*expression);
    if (column.statistic != Statistic::pct) return {};
    if (auto comma = in_.expect_sign(","); !comma) return comma;
    if (in_.token().kind != TokenKind::number || in_.token().number > 100) return in_.unexpected("a percentile from 0 to 100");
    column.percentile = in_.token().number;
    return in_.advance();
  }

  Parsed<StatsCommand> stats() {
    StatsCommand command;
    auto columns = list(&QueryParser::statistic_column);
    if (!columns) return std::unexpected(columns.error());
    command.columns = std::move(*columns);
    const auto by = in_.accept_word("by");
    if (!by) return std::unexpected(by.error());
    if (!*by) return command;
    auto groups = this->columns();
    if (!groups) return std::unexpected(groups.error());
    command.by = std::move(*groups);
    return command;
  }

  Parsed<SortCommand::Key> sort_key() {
    // a column of stats is sorted by the text that names it: sort count(*) desc
    const std::size_t begin = in_.token().begin;
    SortCommand::Key key;
    if (in_.token().kind == TokenKind::word && statistic_named(in_.token().text)) {
      auto column = statistic_column();
      if (!column) return std::unexpected(column.error());
      key.expression = {.kind = Expression::Kind::field, .constant = {}, .field = in_.text_since(begin)};
    } else {
      auto expression = in_.expression();
      if (!expression) return std::unexpected(expression.error());
      key.expression = std::move(*expression);
    }
    key.text = in_.text_since(begin);
    const auto descending = in_.accept_word("desc");
    if (!descending) return std::unexpected(descending.error());
    key.descending = *descending;
    if (auto ascending = in_.accept_word("asc"); !ascending) return std::unexpected(ascending.error());
    return key;
  }

  Parsed<SortCommand> sort() {
    auto keys = list(&QueryParser::sort_key);
    if (!keys) return std::unexpected(keys.error());
    return SortCommand{std::move(*keys)};
  }

  Parsed<LimitCommand> limit() {
    if (auto any = in_.accept_word("any"); !any) return std::unexpected(any.error());
    const Token& token = in_.token();
    if (token.kind != TokenKind::number || token.number < 1 || token.number > rows_max ||
        token.number != static_cast<double>(static_cast<std::size_t>(token.number)))
      return in_.unexpected("a number from 1 to 100000");
    const LimitCommand command{static_cast<std::size_t>(token.number)};
    if (auto moved = in_.advance(); !moved) return std::unexpected(moved.error());
    return command;
  }

  Parsed<ParseCommand> parse() {
    ParseCommand command{.source = {.kind = Expression::Kind::field, .constant = {}, .field = "@message"}, .regex = {}, .names = {}};
    if (in_.token().kind == TokenKind::word || in_.token().kind == TokenKind::field) {
      auto source = in_.name();
      if (!source) return std::unexpected(source.error());
      command.source.field = std::move(*source);
    }
    auto read = in_.at_sign("/") ? parse_regex(command) : parse_glob(command);
    if (!read) return std::unexpected(read.error());
    return command;
  }

  Parsed<void> parse_regex(ParseCommand& command) {
    const Token token = in_.token();
    auto regex = in_.regex();
    if (!regex) return std::unexpected(regex.error());
    command.regex = *regex;
    const auto& groups = command.regex->CapturingGroupNames();
    for (int i = 1; i <= command.regex->NumberOfCapturingGroups(); ++i)
      command.names.push_back(groups.contains(i) ? groups.at(i) : std::string());
    const auto named = in_.accept_word("as");
    if (!named) return std::unexpected(named.error());
    if (*named) {
      auto names = list(&QueryParser::parsed_name);
      if (!names) return std::unexpected(names.error());
      if (names->size() != command.names.size())
        return std::unexpected(QueryError{"as many names as groups of the regular expression are needed", token.begin, token.end});
      command.names = std::move(*names);
    }
    if (groups.empty() && !*named) return std::unexpected(QueryError{"the regular expression names no group", token.begin, token.end});
    return {};
  }

  Parsed<void> parse_glob(ParseCommand& command) {
    const Token glob = in_.token();
    if (glob.kind != TokenKind::text) return in_.unexpected("a pattern in quotes or slashes");
    if (auto moved = in_.advance(); !moved) return moved;
    const auto named = in_.accept_word("as");
    if (!named) return std::unexpected(named.error());
    if (!*named) return in_.unexpected("'as'");
    auto names = list(&QueryParser::parsed_name);
    if (!names) return std::unexpected(names.error());
    command.names = std::move(*names);
    if (static_cast<std::size_t>(std::count(glob.text.begin(), glob.text.end(), '*')) != command.names.size())
      return std::unexpected(QueryError{"as many names as '*' are needed", glob.begin, glob.end});
    auto regex = compile_query_regex(regex_of_glob(glob.text), glob.begin, glob.end);
    if (!regex) return std::unexpected(regex.error());
    command.regex = *regex;
    return {};
  }

  Parsed<std::string> parsed_name() { return in_.name(); }

  /// A '*' takes as little as it can, one at the end all.
  static std::string regex_of_glob(const std::string& glob) {
    std::string regex = "(?s)";
    for (std::size_t i = 0; i < glob.size(); ++i) {
      if (glob[i] == '*')
        regex += i + 1 == glob.size() ? "(.*)" : "(.*?)";
      else
        regex += re2::RE2::QuoteMeta(re2::StringPiece(&glob[i], 1));
    }
    return regex;
  }

  ExpressionParser in_;
};

bool is_message(const Expression& expression) { return expression.kind == Expression::Kind::field && expression.field == "@message"; }

/// What a condition that holds says of @message.
void add_literals(const Expression& condition, std::vector<std::string>& literals) {
  if (condition.kind == Expression::Kind::operation && condition.operation == Operation::logical_and)
    for (const Expression& part : condition.parts) add_literals(part, literals);
  if (condition.kind == Expression::Kind::contains && is_message(condition.parts[0])) literals.push_back(text_of(condition.constant));
  if (condition.kind != Expression::Kind::matches || !is_message(condition.parts[0])) return;
  const std::string& pattern = condition.regex->pattern();
  if (!pattern.empty() && pattern.find_first_of("\\.+*?()[]{}^$|") == std::string::npos) literals.push_back(pattern);
}

/// An alias may give @message another meaning.
bool renames_message(const Command& command) {
  if (const auto* parse = std::get_if<ParseCommand>(&command))
    return std::find(parse->names.begin(), parse->names.end(), "@message") != parse->names.end();
  const auto* fields = std::get_if<FieldsCommand>(&command);
  return fields && std::any_of(fields->columns.begin(), fields->columns.end(),
                               [](const Column& column) { return column.name == "@message" && !is_message(column.expression); });
}

}  // namespace

Parsed<QueryPlan> parse_query(std::string_view text) {
  auto plan = QueryParser(text).query();
  if (!plan) return plan;
  for (const Command& command : plan->commands) {
    if (renames_message(command) || std::holds_alternative<StatsCommand>(command) || std::holds_alternative<LimitCommand>(command)) break;
    if (const auto* filter = std::get_if<FilterCommand>(&command)) add_literals(filter->condition, plan->literals);
  }
  return plan;
}

}  // namespace tocsin::diagnose
