#include "remediate/documents/document_content.h"

#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>

namespace tocsin::remediate {
namespace {

constexpr std::size_t bytes_max = 64 * 1024;

std::unexpected<Error> invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message), "InvalidDocumentContent"); }

bool refers_to_stored(const Document& value) {
  static const RE2 pattern(R"(\{\{\s*ssm:)");
  if (value.is_string()) return RE2::PartialMatch(re2::StringPiece(value.get_string().data(), value.get_string().size()), pattern);
  if (value.is_array()) return std::ranges::any_of(value.get_array(), refers_to_stored);
  if (value.is_object())
    return std::ranges::any_of(value.get_object(), [](const auto& member) { return refers_to_stored(member.value()); });
  return false;
}

std::string schema_version_of(const Document& content) {
  const Document* version = find(content, "schemaVersion");
  if (!version) return {};
  if (version->is_double()) {
    const double number = version->get_double();
    return std::to_string(static_cast<int>(number)) + "." + std::to_string(static_cast<int>(number * 10 + 0.5) % 10);
  }
  return version->is_string() ? std::string(version->get_string()) : std::string();
}

const std::set<std::string>* schema_versions_for(const std::string& type) {
  static const std::map<std::string, std::set<std::string>> versions = {
      {"Command", {"1.2", "2.0", "2.2"}}, {"Automation", {"0.3"}}, {"Session", {"1.0"}}};
  const auto found = versions.find(type);
  return found == versions.end() ? nullptr : &found->second;
}

Result<void> check_command_step(const Document& step, std::size_t number, std::set<std::string>& names) {
  const std::string where = "mainSteps[" + std::to_string(number) + "]";
  if (!step.is_object()) return invalid(where + " must be a map.");
  const auto action = text_at(step, "action");
  if (!action || !action->starts_with("aws:")) return invalid(where + ": action is required and begins with aws:");
  const auto name = text_at(step, "name");
  static const RE2 pattern("[a-zA-Z0-9_\\-]{1,128}");
  if (!name || !RE2::FullMatch(*name, pattern))
    return invalid(where + ": name is required and has only the characters a-z, A-Z, 0-9, _ and -.");
  if (!names.insert(*name).second) return invalid(where + ": the name " + *name + " is used by another step.");
  if (const Document* inputs = find(step, "inputs"); inputs && !inputs->is_object()) return invalid(where + ": inputs must be a map.");
  return {};
}

Result<void> check_command(const Document& content, const std::string& schema_version) {
  if (schema_version == "1.2") {
    if (object_at(content, "runtimeConfig").empty()) return invalid("runtimeConfig is required in schema version 1.2.");
    return {};
  }
  const Array& steps = array_at(content, "mainSteps");
  if (steps.empty()) return invalid("mainSteps is required in schema version " + schema_version + " and has at least one step.");
  std::set<std::string> names;
  for (std::size_t i = 0; i < steps.size(); ++i)
    if (auto checked = check_command_step(steps[i], i, names); !checked) return checked;
  return {};
}

std::vector<std::string> platforms_of(const std::string& text) {
  const bool shell = text.find("aws:runShellScript") != text.npos;
  const bool power_shell = text.find("aws:runPowerShellScript") != text.npos;
  std::vector<std::string> platforms;
  if (power_shell || !shell) platforms.emplace_back("Windows");
  platforms.emplace_back("Linux");
  platforms.emplace_back("MacOS");
  return platforms;
}

}  // namespace

Result<void> check_stored_references(const Document& content) {
  if (!content.is_object()) return {};
  for (const auto& [key, member] : content.get_object()) {
    if (key != "parameters") {
      if (refers_to_stored(member))
        return invalid("{{ssm:…}} may stand only in a parameter's default; it was found in " + std::string(key) + ".");
      continue;
    }
    for (const auto& [name, definition] : object_at(content, "parameters")) {
      if (!definition.is_object()) continue;
      Object rest = definition.get_object();
      rest.erase("default");
      if (refers_to_stored(rest))
        return invalid("{{ssm:…}} may stand only in a parameter's default; it was found beside it in " + std::string(name) + ".");
    }
  }
  return {};
}

Result<DocumentContent> read_document_content(std::string_view text, DocumentFormat format, const std::string& type,
                                              const ContentChecks& checks) {
  if (text.size() > bytes_max) return fail(ErrorKind::limit_exceeded, "The size limit of a document is 64 KB.", "MaxDocumentSizeExceeded");
  auto parsed = parse_document_text(text, format);
  if (!parsed) return std::unexpected(parsed.error());
  DocumentContent read{.content = std::move(*parsed)};
  const auto* versions = schema_versions_for(type);
  if (!versions) return read;
  if (!read.content.is_object()) return invalid("A document of the type " + type + " must be a map.");
  read.schema_version = schema_version_of(read.content);
  if (!versions->contains(read.schema_version))
    return fail(ErrorKind::invalid,
                "Document schema version, " + read.schema_version + ", is not supported by specified document type, " + type + ".",
                "InvalidDocumentSchemaVersion");
  read.content.as_object()["schemaVersion"] = read.schema_version;
  read.description = text_or(read.content, "description");
  auto parameters = parse_parameter_definitions(read.content);
  if (!parameters) return std::unexpected(parameters.error());
  read.parameters = std::move(*parameters);
  if (auto checked = check_stored_references(read.content); !checked) return std::unexpected(checked.error());
  if (type == "Command")
    if (auto checked = check_command(read.content, read.schema_version); !checked) return std::unexpected(checked.error());
  if (const auto check = checks.find(type); check != checks.end())
    if (auto checked = check->second(read.content); !checked) return std::unexpected(checked.error());
  read.platform_types = type == "Command" ? platforms_of(to_json(read.content)) : std::vector<std::string>{"Windows", "Linux", "MacOS"};
  return read;
}

}  // namespace tocsin::remediate
