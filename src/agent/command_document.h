// Which steps a command has on this machine: the document of a job with its parameters filled in; pure. Schemas 1.2, 2.0 and 2.2.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-schemas-features.html
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"

namespace tocsin::agent {

struct Step {
  std::string name;
  std::string action;             ///< "aws:runShellScript"
  std::vector<std::string> lines; ///< of its script
  std::string working_directory;
  Duration timeout = std::chrono::hours(1);
  bool applies = true;            ///< false: a precondition names another platform
  bool exit_on_failure = false;
  std::string fault;              ///< why it cannot run here; empty when it can
};

/// `payload` is the Content of a sendCommand job: {Parameters, DocumentContent, …}. `invalid` when it is no document that can be run.
Result<std::vector<Step>> plan_steps(const Document& payload);

/// `text` with each {{ name }} replaced by the parameter's text; lists are joined by line breaks. Names that are no parameters stay.
std::string fill_in(std::string_view text, const Object& parameters);

}  // namespace tocsin::agent
