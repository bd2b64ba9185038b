#include "remediate/documents/builtin_documents.h"

#include <algorithm>

namespace tocsin::remediate {
namespace {

constexpr std::string_view run_shell_script = R"json({
  "schemaVersion": "1.2",
  "description": "Run a shell script or specify the commands to run.",
  "parameters": {
    "commands": {"type": "StringList", "description": "(Required) Specify a shell script or a command to run.", "minItems": 1, "displayType": "textarea"},
    "workingDirectory": {"type": "String", "default": "", "description": "(Optional) The path to the working directory on your instance.", "maxChars": 4096},
    "executionTimeout": {"type": "String", "default": "3600", "description": "(Optional) The time in seconds for a command to complete before it is considered to have failed. Default is 3600 (1 hour). Maximum is 172800 (48 hours).", "allowedPattern": "([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)"}
  },
  "runtimeConfig": {
    "aws:runShellScript": {
      "properties": [
        {"id": "0.aws:runShellScript", "runCommand": "{{ commands }}", "workingDirectory": "{{ workingDirectory }}", "timeoutSeconds": "{{ executionTimeout }}"}
      ]
    }
  }
})json";

constexpr std::string_view run_power_shell_script = R"json({
  "schemaVersion": "1.2",
  "description": "Run a PowerShell script or specify the paths to scripts to run.",
  "parameters": {
    "commands": {"type": "StringList", "description": "(Required) Specify the commands to run or the paths to existing scripts on the instance.", "minItems": 1, "displayType": "textarea"},
    "workingDirectory": {"type": "String", "default": "", "description": "(Optional) The path to the working directory on your instance.", "maxChars": 4096},
    "executionTimeout": {"type": "String", "default": "3600", "description": "(Optional) The time in seconds for a command to be completed before it is considered to have failed. Default is 3600 (1 hour). Maximum is 172800 (48 hours).", "allowedPattern": "([1-9][0-9]{0,4})|(1[0-6][0-9]{4})|(17[0-1][0-9]{3})|(172[0-7][0-9]{2})|(172800)"}
  },
  "runtimeConfig": {
    "aws:runPowerShellScript": {
      "properties": [
        {"id": "0.aws:runPowerShellScript", "runCommand": "{{ commands }}", "workingDirectory": "{{ workingDirectory }}", "timeoutSeconds": "{{ executionTimeout }}"}
      ]
    }
  }
})json";

}  // namespace

const std::vector<BuiltinDocument>& builtin_documents() {
  // by name
  static const std::vector<BuiltinDocument> documents = {{"AWS-RunPowerShellScript", "Command", run_power_shell_script},
                                                         {"AWS-RunShellScript", "Command", run_shell_script}};
  return documents;
}

const BuiltinDocument* find_builtin_document(std::string_view name) {
  const auto& documents = builtin_documents();
  const auto found = std::ranges::find(documents, name, &BuiltinDocument::name);
  return found == documents.end() ? nullptr : &*found;
}

}  // namespace tocsin::remediate
