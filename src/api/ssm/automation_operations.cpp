#include "api/ssm/automation_operations.h"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>

#include "api/ssm/execution_shapes.h"
#include "base/text_time.h"

namespace tocsin::api::ssm {
namespace {

using namespace remediate;

struct Room {
  AutomationEngine& engine;
  ListTokens pages;
};

struct Filter {
  std::string key;
  std::vector<std::string> values;
};

std::vector<Filter> filters_at(const Document& input) {
  std::vector<Filter> filters;
  for (const Document& filter : array_at(input, "Filters")) filters.push_back({text_or(filter, "Key"), texts_at(filter, "Values")});
  return filters;
}

bool is_any(const std::vector<std::string>& values, std::string_view text) { return std::ranges::find(values, text) != values.end(); }

/// StartTimeBefore and StartTimeAfter; nullopt when the key is another.
std::optional<std::expected<bool, ServiceError>> time_matches(const Filter& filter, Instant started_at) {
  const bool is_before = filter.key == "StartTimeBefore";
  if (!is_before && filter.key != "StartTimeAfter") return std::nullopt;
  const auto at = filter.values.empty() ? std::nullopt : parse_rfc3339(filter.values.front());
  if (!at) return refuse("InvalidFilterValue", "The filter value of " + filter.key + " must be an ISO 8601 time.");
  return is_before ? started_at < *at : started_at > *at;
}

std::expected<bool, ServiceError> matches(const Filter& filter, const Execution& execution) {
  if (auto timed = time_matches(filter, execution.started_at)) return *timed;
  if (filter.key == "DocumentNamePrefix")
    return std::ranges::any_of(filter.values, [&](const std::string& value) { return execution.document_name.starts_with(value); });
  if (filter.key == "ExecutionStatus") return is_any(filter.values, to_text(execution.status));
  if (filter.key == "ExecutionId") return is_any(filter.values, execution.id);
  if (filter.key == "ParentExecutionId") return is_any(filter.values, execution.parent_id);
  if (filter.key == "CurrentAction") return execution.is_running && is_any(filter.values, execution.steps.back().action);
  if (filter.key == "AutomationType") return is_any(filter.values, "Local");
  return refuse("InvalidFilterKey", "The filter key " + filter.key + " isn't offered by this server.");
}

template <typename Value, typename Match>
std::expected<bool, ServiceError> all_match(const std::vector<Filter>& filters, const Value& value, Match match) {
  for (const Filter& filter : filters) {
    const auto fits = match(filter, value);
    if (!fits || !*fits) return fits;
  }
  return true;
}

Reply start_execution(Room& room, const Call& call) {
  for (const char* member : {"Targets", "TargetMaps", "TargetParameterName", "TargetLocations", "TargetLocationsURL", "MaxConcurrency",
                             "MaxErrors", "AlarmConfiguration"})
    if (find(call.input, member))
      return refuse("InvalidAutomationExecutionParametersException",
                    std::string(member) + ": rate control over targets is not offered by this server; run one execution per target.");
  if (text_or(call.input, "Mode", "Auto") != "Auto")
    return refuse("InvalidAutomationExecutionParametersException", "Mode: Interactive executions are not offered by this server.");
  const auto id = room.engine.begin(call.scope, {.document = text_or(call.input, "DocumentName"),
                                                 .version = text_or(call.input, "DocumentVersion"),
                                                 .parameters = given_parameters_at(call.input, "Parameters"),
                                                 .client_token = text_or(call.input, "ClientToken"),
                                                 .principal = call.principal,
                                                 .tags = tags_at(call.input, "Tags")});
  if (!id) return to_service_error(id.error());
  return Object{{"AutomationExecutionId", *id}};
}

std::expected<Execution, ServiceError> execution_of(Room& room, const Call& call) {
  const std::string id = text_or(call.input, "AutomationExecutionId");
  auto execution = room.engine.find(call.scope, id);
  if (!execution) return refuse("AutomationExecutionNotFoundException", "Couldn't find an automation execution with the ID: " + id);
  return std::move(*execution);
}

Reply get_execution(Room& room, const Call& call) {
  const auto execution = execution_of(room, call);
  if (!execution) return std::unexpected(execution.error());
  return Object{{"AutomationExecution", to_execution(*execution)}};
}

Reply describe_executions(Room& room, const Call& call) {
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  const auto filters = filters_at(call.input);
  Object reply;
  Array found;
  std::int64_t before = start->empty() ? 0 : std::stoll(*start);
  while (!reply.contains("NextToken")) {
    const auto batch = room.engine.list(call.scope, before, 50);
    for (const auto& [number, execution] : batch) {
      const auto fits = all_match(filters, execution, matches);
      if (!fits) return std::unexpected(fits.error());
      if (*fits && found.size() == count) {
        reply["NextToken"] = room.pages.seal(call, std::to_string(before));
        break;
      }
      if (*fits) found.emplace_back(to_metadata(execution));
      before = number;
    }
    if (batch.size() < 50) break;
  }
  reply["AutomationExecutionMetadataList"] = std::move(found);
  return reply;
}

std::expected<bool, ServiceError> step_matches(const Filter& filter, const Object& step) {
  if (auto timed = time_matches(filter, instant_from_ns(integer_or(step, "ExecutionStartTime", 0)))) return *timed;
  if (filter.key == "StepExecutionStatus") return is_any(filter.values, text_or(step, "StepStatus"));
  if (filter.key == "StepExecutionId" || filter.key == "StepName" || filter.key == "Action")
    return is_any(filter.values, text_or(step, filter.key));
  return refuse("InvalidFilterKey", "The filter key " + filter.key + " isn't offered by this server.");
}

Reply describe_steps(Room& room, const Call& call) {
  const auto execution = execution_of(room, call);
  if (!execution) return std::unexpected(execution.error());
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  auto steps = to_steps(*execution);
  if (truth_or(call.input, "ReverseOrder", false)) std::ranges::reverse(steps);
  const auto filters = filters_at(call.input);
  Object reply;
  Array found;
  std::size_t number = start->empty() ? 0 : std::stoull(*start);
  for (; number < steps.size() && found.size() < count; ++number) {
    const auto fits = all_match(filters, steps[number], step_matches);
    if (!fits) return std::unexpected(fits.error());
    if (*fits) found.emplace_back(std::move(steps[number]));
  }
  if (number < steps.size()) reply["NextToken"] = room.pages.seal(call, std::to_string(number));
  reply["StepExecutions"] = std::move(found);
  return reply;
}

Reply stop_execution(Room& room, const Call& call) {
  const auto stopped =
      room.engine.stop(call.scope, text_or(call.input, "AutomationExecutionId"), text_or(call.input, "Type", "Cancel") == "Cancel");
  if (!stopped) return to_service_error(stopped.error());
  return Object{};
}

Reply send_signal(Room& room, const Call& call) {
  const auto signalled =
      room.engine.signal(call.scope, text_or(call.input, "AutomationExecutionId"),
                         SignalSent{text_or(call.input, "SignalType"), object_at(call.input, "Payload"), call.principal});
  if (!signalled) return to_service_error(signalled.error());
  return Object{};
}

}  // namespace

std::vector<Operation> automation_operations(AutomationEngine& engine, ListTokens pages) {
  const auto room = std::make_shared<Room>(Room{engine, std::move(pages)});
  const auto bind = [room](Reply (*handle)(Room&, const Call&)) -> Handle {
    return [room, handle](const Call& call) { return handle(*room, call); };
  };
  return {{"StartAutomationExecution", bind(start_execution)},         {"GetAutomationExecution", bind(get_execution)},
          {"DescribeAutomationExecutions", bind(describe_executions)}, {"DescribeAutomationStepExecutions", bind(describe_steps)},
          {"StopAutomationExecution", bind(stop_execution)},           {"SendAutomationSignal", bind(send_signal)}};
}

}  // namespace tocsin::api::ssm
