// Commands that look at all rows: stats, order, and what is computed along the rows.
#include <algorithm>

#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {
namespace {

constexpr double rows_max = 100'000;

const Expression* bin_of(const Column& column) {
  const bool bin = column.expression.kind == Expression::Kind::call && column.expression.function &&
                   column.expression.function->special == FunctionForm::Special::period_alone;
  return bin ? &column.expression : nullptr;
}

}  // namespace

Parsed<Column> CommandParser::statistic_column() {
  const Token first = in_.token();
  auto expression = in_.expression();
  if (!expression) return std::unexpected(expression.error());
  Column column{.name = in_.text_since(first.begin), .expression = std::move(*expression)};
  const auto named = in_.accept_word("as");
  if (!named) return std::unexpected(named.error());
  if (!*named) {
    column.slot = in_.names->slot(column.name);
    return column;
  }
  const Token alias = in_.token();
  auto name = in_.name();
  if (!name) return std::unexpected(name.error());
  auto slot = make(*name, alias.begin, alias.end);
  if (!slot) return std::unexpected(slot.error());
  column.name = std::move(*name);
  column.slot = *slot;
  return column;
}

Parsed<void> CommandParser::statistics(StatsCommand& command) {
  in_.aggregates = &command.aggregates;
  auto columns = list(&CommandParser::statistic_column);
  in_.aggregates = nullptr;
  if (!columns) return std::unexpected(columns.error());
  command.columns = std::move(*columns);
  return {};
}

Parsed<void> CommandParser::groups(StatsCommand& command) {
  const auto by = in_.accept_word("by");
  if (!by) return std::unexpected(by.error());
  if (!*by) return {};
  auto read = list(&CommandParser::column);
  if (!read) return std::unexpected(read.error());
  command.by = std::move(*read);
  return {};
}

Parsed<void> CommandParser::stats(const Token&) {
  StatsCommand command;
  const Token first = in_.token();
  if (auto read = statistics(command); !read) return read;
  if (command.aggregates.empty())
    return std::unexpected(unexpected_symbol(in_.query(), first.begin, first.end, "a function of stats, such as count(*)"));
  if (auto read = groups(command); !read) return read;
  for (std::size_t i = 0; i < command.by.size(); ++i)
    if (bin_of(command.by[i])) command.bin = i;
  if (const auto offset = in_.accept_word("offset"); !offset || *offset) {
    if (!offset) return std::unexpected(offset.error());
    auto span = in_.duration_ms();
    if (!span) return std::unexpected(span.error());
    command.offset_ms = *span;
  }
  const auto topk = std::any_of(command.aggregates.begin(), command.aggregates.end(),
                                [](const Aggregate& each) { return each.statistic == Statistic::topk; });
  if (topk && (command.aggregates.size() > 1 || !command.by.empty()))
    return std::unexpected(QueryError{"topk cannot be combined with by or with other functions", first.begin, in_.last_end()});
  std::vector<FieldSlot> slots;
  for (const Column& column : command.by) slots.push_back(column.slot);
  for (const Column& column : command.columns) slots.push_back(column.slot);
  become_table(std::move(slots));
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<SortCommand::Key> CommandParser::sort_key() {
  SortCommand::Key key;
  // dashboards sort by @timestamp behind stats by bin(): it orders nothing there
  const bool anything = in_.at_word("@timestamp");
  auto only = anything ? std::exchange(in_.scope.only, std::nullopt) : std::nullopt;
  auto expression = in_.expression();
  if (anything) in_.scope.only = std::move(only);
  if (!expression) return std::unexpected(expression.error());
  key.expression = std::move(*expression);
  const auto descending = in_.accept_word("desc");
  if (!descending) return std::unexpected(descending.error());
  key.descending = *descending;
  if (!key.descending)
    if (auto ascending = in_.accept_word("asc"); !ascending) return std::unexpected(ascending.error());
  return key;
}

Parsed<void> CommandParser::sort(const Token&) {
  auto keys = list(&CommandParser::sort_key);
  if (!keys) return std::unexpected(keys.error());
  plan_.commands.emplace_back(SortCommand{std::move(*keys)});
  return {};
}

Parsed<void> CommandParser::limit(const Token&) {
  const auto any = in_.accept_word("any");
  if (!any) return std::unexpected(any.error());
  const Token& token = in_.token();
  if (token.kind != TokenKind::number || token.number < 1 || token.number > rows_max ||
      token.number != static_cast<double>(static_cast<std::size_t>(token.number)))
    return in_.unexpected("a number from 1 to 100000");
  plan_.commands.emplace_back(LimitCommand{static_cast<std::size_t>(token.number), *any});
  return in_.advance();
}

Parsed<void> CommandParser::dedup(const Token&) {
  DedupCommand command;
  if (in_.foreign && in_.token().kind == TokenKind::number) {
    command.keep = static_cast<std::size_t>(in_.token().number);
    command.leave_out_missing = true;
    if (auto moved = in_.advance(); !moved) return moved;
  }
  auto names = list(&CommandParser::known_name);
  if (!names) return std::unexpected(names.error());
  command.slots = std::move(*names);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::pattern(const Token& word) {
  const bool given = in_.token().kind != TokenKind::end && !in_.at_sign("|") && !in_.at_sign(")");
  auto source = given ? in_.expression() : in_.field("@message", word);
  if (!source) return std::unexpected(source.error());
  pattern_seen_ = true;
  plan_.commands.emplace_back(PatternCommand{std::move(*source)});
  std::vector<FieldSlot> slots;
  for (const char* name : {"@pattern", "@regexString", "@sampleCount", "@ratio", "@severityLabel", "@tokens", "@visualization",
                           "@logSamples", "@relatedPattern", "@PatternId"})
    slots.push_back(in_.names->slot(name));
  in_.names->slot("@patternShape");
  become_table(std::move(slots));
  return {};
}

Parsed<void> CommandParser::diff(const Token& word) {
  DiffCommand command;
  constexpr std::int64_t day_ms = 86'400'000;
  if (in_.at_word("previousday"))
    command.shift = {TimeShift::Kind::days, day_ms};
  else if (in_.at_word("previousweek"))
    command.shift = {TimeShift::Kind::days, 7 * day_ms};
  else if (in_.at_word("previousmonth"))
    command.shift = {TimeShift::Kind::months, 1};
  if (in_.at_name())
    if (command.shift.kind == TimeShift::Kind::previous) return in_.unexpected("previousDay, previousWeek or previousMonth");
  if (command.shift.kind != TimeShift::Kind::previous)
    if (auto moved = in_.advance(); !moved) return moved;
  // the console appends it to a query without pattern
  if (!pattern_seen_) {
    auto source = in_.field("@message", word);
    if (!source) return std::unexpected(source.error());
    plan_.commands.emplace_back(PatternCommand{std::move(*source)});
    pattern_seen_ = true;
  }
  if (!std::holds_alternative<PatternCommand>(plan_.commands.back()))
    return std::unexpected(QueryError{"Diff compilation Failed : Diff operation has to be used after Pattern", word.begin, word.end});
  plan_.commands.emplace_back(command);
  std::vector<FieldSlot> slots;
  for (const char* name : {"@pattern", "@sampleCount", "@differenceEventCount", "@differenceDescription", "@severityLabel", "@regexString",
                           "@tokens", "@PatternId"})
    slots.push_back(in_.names->slot(name));
  become_table(std::move(slots));
  return {};
}

Parsed<void> CommandParser::log_compare(const Token& word) {
  if (auto shift = in_.expect_word("timeshift"); !shift) return shift;
  auto span = in_.duration_ms();
  if (!span) return std::unexpected(span.error());
  if (auto read = diff(word); !read) return read;
  std::get<DiffCommand>(plan_.commands.back()).shift = {TimeShift::Kind::days, *span};
  return {};
}

Parsed<void> CommandParser::anomaly(const Token& word) {
  if (!pattern_seen_) return std::unexpected(QueryError{"anomaly has to be used after pattern", word.begin, word.end});
  plan_.commands.emplace_back(AnomalyCommand{});
  for (const char* name : {"@anomalyType", "@anomalyDescription", "@anomalyScore", "@priority"}) {
    if (in_.scope.only) in_.scope.only->insert(name);
    show(in_.names->slot(name));
  }
  return {};
}

Parsed<void> CommandParser::add_totals(const Token&) {
  AddTotalsCommand command;
  std::string total = "Total";
  while (in_.at_name()) {
    for (const char* which : {"row", "col"}) {
      const auto given = option(which);
      if (!given) return std::unexpected(given.error());
      if (!*given) continue;
      auto yes = truth();
      if (!yes) return std::unexpected(yes.error());
      (which[0] == 'r' ? command.rows : command.columns) = *yes;
    }
    const auto named = option("fieldname");
    if (!named) return std::unexpected(named.error());
    if (*named) {
      auto name = in_.token().kind == TokenKind::text ? in_.text() : in_.name();
      if (!name) return std::unexpected(name.error());
      total = std::move(*name);
    } else if (in_.at_name() && !in_.at_word("row") && !in_.at_word("col")) {
      auto names = list(&CommandParser::known_name);
      if (!names) return std::unexpected(names.error());
      command.slots.insert(command.slots.end(), names->begin(), names->end());
    }
  }
  if (command.slots.empty()) command.slots = plan_.shown;
  command.total = in_.names->slot(total);
  if (in_.scope.only) in_.scope.only->insert(total);
  if (command.rows) show(command.total);
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::count_frequent(const Token&) {
  auto names = list(&CommandParser::known_name);
  if (!names) return std::unexpected(names.error());
  CountFrequentCommand command{std::move(*names), in_.names->slot("_approxcount")};
  std::vector<FieldSlot> slots = command.slots;
  slots.push_back(command.count);
  become_table(std::move(slots));
  plan_.commands.emplace_back(std::move(command));
  return {};
}

Parsed<void> CommandParser::relevant_fields(const Token&) {
  RelevantFieldsCommand command;
  while (in_.at_name() && !in_.at_word("where")) {
    auto name = in_.name();
    if (!name) return std::unexpected(name.error());
    in_.names->slot(*name);
    command.names.push_back(std::move(*name));
    if (auto more = in_.accept_sign(","); !more) return std::unexpected(more.error());
  }
  if (auto where = in_.expect_word("where"); !where) return where;
  auto condition = in_.expression();
  if (!condition) return std::unexpected(condition.error());
  command.condition = std::move(*condition);
  plan_.commands.emplace_back(std::move(command));
  std::vector<FieldSlot> slots;
  for (const char* name : {"@fieldName", "@relevanceScore", "@topRelevanceContributors", "@conditionalMedian", "@baselineMedian"})
    slots.push_back(in_.names->slot(name));
  become_table(std::move(slots));
  return {};
}

Parsed<void> CommandParser::estimate(const Token&) {
  plan_.commands.emplace_back(EstimateCommand{});
  become_table({in_.names->slot("@estimatedBytes"), in_.names->slot("@estimatedRecords")});
  return {};
}

}  // namespace tocsin::diagnose
