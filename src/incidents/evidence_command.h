// How a person sees a piece of evidence again: the `aws` command of its query. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/document.h"

namespace tocsin::incidents {

/// `query` is {command} as it is, or {service, operation, parameters}, printed with --cli-input-json. "" when it holds neither.
std::string evidence_command(const Document& query);

/// "StartQuery" → "start-query", as the command line names operations.
std::string command_line_name(std::string_view operation);

/// In single quotes for a POSIX shell.
std::string shell_quote(std::string_view text);

}  // namespace tocsin::incidents
