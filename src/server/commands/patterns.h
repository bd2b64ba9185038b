// `tocsin patterns`: the templates of the lines of a file, by the miner that queries use.
#pragma once

#include <filesystem>

#include "server/commands/console.h"
#include "server/commands/exit_code.h"

namespace tocsin::server {

/// Writes one row of CSV (RFC 4180) for each line of `input`, in order and without a header: the line, its template's id, its template with
/// <*> where lines differ. Ids are those at the end of the file, when everything has been seen.
ExitCode run_patterns(const std::filesystem::path& input, const std::filesystem::path& output, Console console);

}  // namespace tocsin::server
