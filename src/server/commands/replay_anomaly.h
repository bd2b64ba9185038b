// `tocsin replay anomaly`: the live detector over a series in a file, one point after another, as if live.
#pragma once

#include <istream>
#include <string>

#include "server/commands/console.h"
#include "server/commands/exit_code.h"

namespace tocsin::server {

struct ReplayAnomalyOptions {
  std::string input;   ///< CSV with the columns timestamp,value; "-" is stdin
  std::string output;  ///< CSV with the columns timestamp,value,anomaly_score: a row for each of the input; "-" is stdout
  /// Five more columns: what was expected, the band of two deviations, the season behind it, and, of an anomaly, how it is one and how
  /// rare.
  bool explain = false;
};

/// A gap (series_csv.h) is no point: its row has the score 0. Blank lines are left out. usage for a file that is no series, and then the
/// output is not kept; not_found when there is no input.
ExitCode run_replay_anomaly(const ReplayAnomalyOptions& options, Console console);

/// The same from stream to stream. `invalid` with the number of the line.
Result<void> replay_anomaly(std::istream& input, std::ostream& output, bool explain = false);

}  // namespace tocsin::server
