// Commands that only the other languages have: eventstats, trendline. A query of Logs Insights cannot say them.
#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {

Parsed<void> CommandParser::event_stats(const Token&) {
  StatsCommand command;
  in_.aggregates = &command.aggregates;
  auto columns = list(&CommandParser::statistic_column);
  in_.aggregates = nullptr;
  if (!columns) return std::unexpected(columns.error());
  if (command.aggregates.empty()) return in_.wrong("eventstats takes functions such as avg(field)");
  command.columns = std::move(*columns);
  if (const auto by = in_.accept_word("by"); !by || *by) {
    if (!by) return std::unexpected(by.error());
    auto groups = list(&CommandParser::column);
    if (!groups) return std::unexpected(groups.error());
    command.by = std::move(*groups);
  }
  for (const Column& column : command.columns) {
    if (in_.scope.only) in_.scope.only->insert(column.name);
    show(column.slot);
  }
  plan_.commands.emplace_back(EventStatsCommand{std::move(command)});
  return {};
}

/// trendline COUNT weighted|plain FIELD as NAME
Parsed<void> CommandParser::trendline(const Token&) {
  TrendlineCommand command;
  auto count = in_.number();
  if (!count) return std::unexpected(count.error());
  command.rows = static_cast<std::size_t>(*count);
  command.weighted = in_.at_word("weighted");
  if (auto moved = in_.advance(); !moved) return moved;
  auto source = in_.known_slot();
  if (!source) return std::unexpected(source.error());
  command.source = *source;
  auto into = optional_alias({});
  if (!into) return std::unexpected(into.error());
  show(command.into = *into);
  plan_.commands.emplace_back(command);
  return {};
}

}  // namespace tocsin::diagnose
