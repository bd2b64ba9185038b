#include "remediate/automation/runbook.h"

#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "remediate/automation/branch_choice.h"
#include "remediate/automation/selector.h"

namespace tocsin::remediate {
namespace {

constexpr std::size_t steps_max = 200;

std::unexpected<Error> invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message), "InvalidDocumentContent"); }

const std::map<std::string, StepAction, std::less<>>& actions() {
  static const std::map<std::string, StepAction, std::less<>> known = {
      {"aws:approve", StepAction::approve},
      {"aws:assertAwsResourceProperty", StepAction::assert_property},
      {"aws:branch", StepAction::branch},
      {"aws:changeInstanceState", StepAction::not_offered},
      {"aws:copyImage", StepAction::not_offered},
      {"aws:createImage", StepAction::not_offered},
      {"aws:createStack", StepAction::not_offered},
      {"aws:createTags", StepAction::not_offered},
      {"aws:deleteImage", StepAction::not_offered},
      {"aws:deleteStack", StepAction::not_offered},
      {"aws:executeAutomation", StepAction::execute_automation},
      {"aws:executeAwsApi", StepAction::execute_api},
      {"aws:executeScript", StepAction::not_offered},
      {"aws:executeStateMachine", StepAction::not_offered},
      {"aws:invokeWebhook", StepAction::not_offered},
      {"aws:invokeLambdaFunction", StepAction::not_offered},
      {"aws:loop", StepAction::not_offered},
      {"aws:pause", StepAction::pause},
      {"aws:runCommand", StepAction::run_command},
      {"aws:runInstances", StepAction::not_offered},
      {"aws:sleep", StepAction::sleep},
      {"aws:updateVariable", StepAction::update_variable},
      {"aws:waitForAwsResourceProperty", StepAction::wait_for_property},
  };
  return known;
}

std::vector<std::string> required_inputs(StepAction action) {
  switch (action) {
    case StepAction::execute_api:
      return {"Service", "Api"};
    case StepAction::wait_for_property:
    case StepAction::assert_property:
      return {"Service", "Api", "PropertySelector", "DesiredValues"};
    case StepAction::branch:
      return {"Choices"};
    case StepAction::approve:
      return {"Approvers"};
    case StepAction::run_command:
    case StepAction::execute_automation:
      return {"DocumentName"};
    case StepAction::update_variable:
      return {"Name", "Value"};
    case StepAction::sleep:
    case StepAction::pause:
    case StepAction::not_offered:
      return {};
  }
  return {};
}

/// One step's map, read member by member; the first fault is kept.
class StepReader {
 public:
  StepReader(const Document& map, std::size_t number) : map_(map), where_("mainSteps[" + std::to_string(number) + "]") {}

  Result<StepDefinition> read() {
    if (!map_.is_object()) return invalid(where_ + " must be a map.");
    step_.name = text_or(map_, "name");
    static const RE2 name_pattern("[a-zA-Z0-9_]{3,128}|[a-zA-Z0-9_]{1,2}");
    if (!RE2::FullMatch(step_.name, name_pattern))
      return invalid(where_ + ": name is required and has only the characters a-z, A-Z, 0-9 and _.");
    where_ += " (" + step_.name + ")";
    for (auto part : {&StepReader::read_action, &StepReader::read_flow, &StepReader::read_limits, &StepReader::read_outputs})
      if (auto result = (this->*part)(); !result) return std::unexpected(result.error());
    return std::move(step_);
  }

 private:
  std::unexpected<Error> wrong(const std::string& what) const { return invalid(where_ + ": " + what); }

  Result<void> read_action() {
    step_.action_text = text_or(map_, "action");
    const auto known = actions().find(step_.action_text);
    if (step_.action_text.empty()) return wrong("action is required.");
    if (known == actions().end()) return wrong("the action " + step_.action_text + " is not known.");
    step_.action = known->second;
    if (const Document* inputs = find(map_, "inputs"); inputs && !inputs->is_null()) {
      if (!inputs->is_object()) return wrong("inputs must be a map.");
      step_.inputs = inputs->get_object();
    }
    for (const std::string& input : required_inputs(step_.action))
      if (!step_.inputs.contains(input)) return wrong("the input " + input + " is required by " + step_.action_text + ".");
    if (step_.action == StepAction::sleep && step_.inputs.contains("Duration") == step_.inputs.contains("Timestamp"))
      return wrong("exactly one of the inputs Duration and Timestamp is required by aws:sleep.");
    if (step_.action == StepAction::branch)
      if (auto checked = check_branch(step_.inputs); !checked) return wrong(checked.error().message);
    if (const auto selector = text_at(step_.inputs, "PropertySelector"); selector && selector->find("{{") == std::string::npos)
      if (auto parsed = Selector::parse(*selector); !parsed) return wrong(parsed.error().message);
    return {};
  }

  Result<Aftermath> read_aftermath(std::string_view key, bool may_go_on) {
    const std::string text = text_or(map_, key, "Abort");
    if (text == "Abort") return Aftermath{};
    if (text == "Continue" && may_go_on) return Aftermath{Aftermath::Kind::go_on, ""};
    if (text.starts_with("step:") && text.size() > 5) return Aftermath{Aftermath::Kind::step, text.substr(5)};
    return wrong(std::string(key) + " must be Abort, " + (may_go_on ? "Continue or " : "or ") + "step:NAME.");
  }

  Result<bool> read_truth(std::string_view key, bool otherwise) {
    const Document* member = find(map_, key);
    if (!member) return otherwise;
    if (member->is_bool()) return member->get_bool();
    if (member->is_string() && (member->get_string() == "true" || member->get_string() == "false")) return member->get_string() == "true";
    return wrong(std::string(key) + " must be true or false.");
  }

  Result<void> read_flow() {
    auto on_failure = read_aftermath("onFailure", true);
    if (!on_failure) return std::unexpected(on_failure.error());
    step_.on_failure = std::move(*on_failure);
    auto on_cancel = read_aftermath("onCancel", false);
    if (!on_cancel) return std::unexpected(on_cancel.error());
    step_.on_cancel = std::move(*on_cancel);
    auto is_end = read_truth("isEnd", false);
    if (!is_end) return std::unexpected(is_end.error());
    step_.is_end = *is_end;
    auto is_critical = read_truth("isCritical", step_.on_failure.kind != Aftermath::Kind::go_on);
    if (!is_critical) return std::unexpected(is_critical.error());
    step_.is_critical = *is_critical;
    step_.next_step = text_or(map_, "nextStep");
    return {};
  }

  Result<void> read_limits() {
    if (const Document* attempts = find(map_, "maxAttempts")) {
      const auto number = attempts->is_string() ? std::optional<std::int64_t>(std::atoll(std::string(attempts->get_string()).c_str()))
                                                : integer_at(map_, "maxAttempts");
      if (!number || *number < 1 || *number > 100) return wrong("maxAttempts must be a number from 1 to 100.");
      step_.attempts_max = static_cast<int>(*number);
    }
    if (const Document* timeout = find(map_, "timeoutSeconds")) {
      if (!timeout->is_number() && !timeout->is_string()) return wrong("timeoutSeconds must be a number.");
      step_.timeout_seconds = *timeout;
    }
    return {};
  }

  Result<void> read_outputs() {
    static const std::set<std::string> types = {"Integer", "Boolean", "String", "StringList", "StringMap", "MapList"};
    for (const Document& output : array_at(map_, "outputs")) {
      OutputDefinition definition{text_or(output, "Name"), text_or(output, "Selector"), text_or(output, "Type", "String")};
      if (definition.name.empty() || definition.selector.empty()) return wrong("an output needs a Name and a Selector.");
      if (!types.contains(definition.type))
        return wrong("the output " + definition.name + " has the unknown type " + definition.type + ".");
      if (auto parsed = Selector::parse(definition.selector); !parsed) return wrong(parsed.error().message);
      step_.outputs.push_back(std::move(definition));
    }
    return {};
  }

  const Document& map_;
  std::string where_;
  StepDefinition step_;
};

Result<void> check_target(const Runbook& runbook, const StepDefinition& step, std::string_view member, const std::string& target) {
  if (target.empty() || runbook.find_step(target)) return {};
  return invalid("mainSteps (" + step.name + "): " + std::string(member) + " names the step " + target + ", which is not there.");
}

Result<void> check_targets(const Runbook& runbook, const StepDefinition& step) {
  for (const auto& [member, target] : std::initializer_list<std::pair<std::string_view, std::string>>{
           {"nextStep", step.next_step}, {"onFailure", step.on_failure.step}, {"onCancel", step.on_cancel.step}})
    if (auto checked = check_target(runbook, step, member, target); !checked) return checked;
  if (step.action != StepAction::branch) return {};
  for (const Document& choice : array_at(step.inputs, "Choices"))
    if (auto checked = check_target(runbook, step, "NextStep", text_or(choice, "NextStep")); !checked) return checked;
  return check_target(runbook, step, "Default", text_or(step.inputs, "Default"));
}

/// Every parameter and step that is referred to must be there.
Result<void> check_references(const Runbook& runbook, const StepDefinition& step) {
  for (const std::string& name : references_in(step.inputs)) {
    if (name.find(':') != std::string::npos) continue;
    const auto dot = name.find('.');
    const bool is_parameter = std::ranges::find(runbook.parameters, name, &ParameterDefinition::name) != runbook.parameters.end();
    if (!is_parameter && (dot == std::string::npos || !runbook.find_step(name.substr(0, dot))))
      return invalid("mainSteps (" + step.name + "): {{" + name + "}} refers to no parameter and to no step's output.");
  }
  return {};
}

Result<void> read_variables(const Document& content, Runbook& runbook) {
  for (const auto& [name, definition] : object_at(content, "variables")) {
    const Document* first = find(definition, "default");
    runbook.variables[name] = first ? *first : Document("");
  }
  return {};
}

}  // namespace

std::string Aftermath::text() const {
  switch (kind) {
    case Kind::abort:
      return "Abort";
    case Kind::go_on:
      return "Continue";
    case Kind::step:
      return "step:" + step;
  }
  return "Abort";
}

const StepDefinition* Runbook::find_step(std::string_view name) const {
  const auto found = std::ranges::find(steps, name, &StepDefinition::name);
  return found == steps.end() ? nullptr : &*found;
}

const StepDefinition* Runbook::following(std::string_view name) const {
  const StepDefinition* step = find_step(name);
  return !step || step == &steps.back() ? nullptr : step + 1;
}

Result<Runbook> parse_runbook(const Document& content) {
  Runbook runbook{.description = text_or(content, "description"), .assume_role = text_or(content, "assumeRole")};
  auto parameters = parse_parameter_definitions(content);
  if (!parameters) return std::unexpected(parameters.error());
  runbook.parameters = std::move(*parameters);
  if (auto read = read_variables(content, runbook); !read) return std::unexpected(read.error());
  const Array& steps = array_at(content, "mainSteps");
  if (steps.empty()) return invalid("mainSteps is required and has at least one step.");
  if (steps.size() > steps_max) return invalid("A runbook has at most 200 steps.");
  for (std::size_t i = 0; i < steps.size(); ++i) {
    auto step = StepReader(steps[i], i).read();
    if (!step) return std::unexpected(step.error());
    if (runbook.find_step(step->name))
      return invalid("mainSteps[" + std::to_string(i) + "]: the name " + step->name + " is used by another step.");
    runbook.steps.push_back(std::move(*step));
  }
  for (const Document& output : array_at(content, "outputs")) runbook.outputs.push_back(to_plain_text(output));
  for (const StepDefinition& step : runbook.steps) {
    if (auto checked = check_targets(runbook, step); !checked) return std::unexpected(checked.error());
    if (auto checked = check_references(runbook, step); !checked) return std::unexpected(checked.error());
  }
  return runbook;
}

Result<void> check_runbook(const Document& content) {
  auto runbook = parse_runbook(content);
  if (!runbook) return std::unexpected(runbook.error());
  return {};
}

}  // namespace tocsin::remediate
