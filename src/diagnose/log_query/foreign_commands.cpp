// Commands that only the other languages have: eventstats, trendline. A query of Logs Insights cannot say them.
#include "diagnose/log_query/command_parser.h"
#include "diagnose/log_query/function_names.h"

namespace tocsin::diagnose {

Parsed<void> CommandParser::event_stats(const Token&) {
  StatsCommand command;
  if (auto read = statistics(command); !read) return read;
  if (command.aggregates.empty()) return in_.wrong("eventstats takes functions such as avg(field)");
  if (auto read = groups(command); !read) return read;
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
