#include "agent/command_document.h"

#include <boost/json.hpp>
#include <cstdlib>

namespace tocsin::agent {
namespace {

constexpr std::string_view shell_action = "aws:runShellScript";

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  return text;
}

std::string as_text(const Document& value) {
  if (value.is_string()) return std::string(value.get_string());
  return to_json(value);
}

std::vector<std::string> as_lines(const Document& value) {
  std::vector<std::string> lines;
  if (const Array* list = value.if_array())
    for (const Document& line : *list) lines.push_back(as_text(line));
  else lines.push_back(as_text(value));
  return lines;
}

// the parameter that the whole text names, so that a list stays a list
const Document* whole_parameter(std::string_view text, const Object& parameters) {
  text = trimmed(text);
  if (!text.starts_with("{{") || !text.ends_with("}}")) return nullptr;
  return find(parameters, trimmed(text.substr(2, text.size() - 4)));
}

std::vector<std::string> script_lines(const Document* commands, const Object& parameters) {
  std::vector<std::string> lines;
  if (!commands) return lines;
  if (const Document* list = commands->is_string() ? whole_parameter(std::string_view(commands->get_string()), parameters) : nullptr) return as_lines(*list);
  for (const std::string& line : as_lines(*commands)) {
    if (const Document* list = whole_parameter(line, parameters)) {
      for (std::string& one : as_lines(*list)) lines.push_back(std::move(one));
    } else {
      lines.push_back(fill_in(line, parameters));
    }
  }
  return lines;
}

std::string filled_text(const Document& inputs, std::string_view key, const Object& parameters) {
  const Document* value = find(inputs, key);
  return value ? fill_in(as_text(*value), parameters) : std::string();
}

Duration timeout_of(const Document& inputs, const Object& parameters) {
  const long seconds = std::strtol(filled_text(inputs, "timeoutSeconds", parameters).c_str(), nullptr, 10);
  return seconds > 0 ? std::chrono::seconds(seconds) : Duration(std::chrono::hours(1));
}

bool precondition_holds(const Document& step) {
  const Document* precondition = find(step, "precondition");
  if (!precondition) return true;
  const Array& words = array_at(*precondition, "StringEquals");
  if (words.size() != 2) return false;
  const std::string first = as_text(words[0]), second = as_text(words[1]);
  return (first == "platformType" && second == "Linux") || (second == "platformType" && first == "Linux");
}

Step make_step(std::string name, std::string action, const Document& inputs, const Object& parameters) {
  Step step{.name = std::move(name), .action = std::move(action)};
  if (step.action != shell_action) {
    step.fault = "This agent does not offer the plugin " + step.action + ".";
    return step;
  }
  step.lines = script_lines(find(inputs, "runCommand"), parameters);
  step.working_directory = filled_text(inputs, "workingDirectory", parameters);
  step.timeout = timeout_of(inputs, parameters);
  return step;
}

std::vector<Step> steps_of_schema_1(const Document& content, const Object& parameters) {
  std::vector<Step> steps;
  for (const auto& [action, plugin] : object_at(content, "runtimeConfig")) {
    const std::string name(action.data(), action.size());
    const Document* properties = find(plugin, "properties");
    if (!properties) continue;
    if (!properties->is_array()) {
      steps.push_back(make_step(name, name, *properties, parameters));
      continue;
    }
    for (const Document& inputs : properties->get_array()) steps.push_back(make_step(name, name, inputs, parameters));
  }
  return steps;
}

std::vector<Step> steps_of_schema_2(const Document& content, const Object& parameters) {
  std::vector<Step> steps;
  for (const Document& from : array_at(content, "mainSteps")) {
    const Document inputs = object_at(from, "inputs");
    Step step = make_step(text_or(from, "name"), text_or(from, "action"), inputs, parameters);
    step.applies = precondition_holds(from);
    step.exit_on_failure = text_or(inputs, "onFailure") == "exit";
    steps.push_back(std::move(step));
  }
  return steps;
}

}  // namespace

std::string fill_in(std::string_view text, const Object& parameters) {
  std::string out;
  while (true) {
    const auto start = text.find("{{");
    const auto end = start == std::string_view::npos ? start : text.find("}}", start);
    if (end == std::string_view::npos) return out += text;
    const Document* value = find(parameters, trimmed(text.substr(start + 2, end - start - 2)));
    out += text.substr(0, start);
    if (!value) {
      out += text.substr(start, end + 2 - start);
    } else {
      const auto lines = as_lines(*value);
      for (std::size_t i = 0; i < lines.size(); ++i) out += (i > 0 ? "\n" : "") + lines[i];
    }
    text.remove_prefix(end + 2);
  }
}

Result<std::vector<Step>> plan_steps(const Document& payload) {
  const Document* content = find(payload, "DocumentContent");
  if (!content || !content->is_object()) return fail(ErrorKind::invalid, "the job has no document");
  const Object& parameters = object_at(payload, "Parameters");
  const std::string schema = text_or(*content, "schemaVersion");
  if (schema == "1.0" || schema == "1.2") return steps_of_schema_1(*content, parameters);
  if (schema == "2.0" || schema == "2.2") return steps_of_schema_2(*content, parameters);
  return fail(ErrorKind::invalid, "schemaVersion " + schema + " cannot be run");
}

}  // namespace tocsin::agent
