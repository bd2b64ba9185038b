#include "server/commands/replay_anomaly.h"

#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <memory>

#include "detect/anomalies/anomaly_learner.h"
#include "server/commands/series_csv.h"

namespace tocsin::server {
namespace {

ExitCode refuse(Console console, const std::string& words, ExitCode code) {
  console.err << "tocsin: " << words << "\n";
  return code;
}

ExitCode finish(const Result<void>& outcome, const ReplayAnomalyOptions& options, Console console) {
  if (outcome) return ExitCode::done;
  return refuse(console, options.input + ": " + outcome.error().message, exit_code_of(outcome.error().kind));
}

/// Done only when every row has left this program.
ExitCode replay_into(std::ostream& output, std::istream& input, const ReplayAnomalyOptions& options, Console console) {
  const auto outcome = output ? replay_anomaly(input, output, options.explain) : Result<void>{};
  if (outcome && !output.flush()) return refuse(console, options.output + ": cannot be written", ExitCode::failed);
  return finish(outcome, options, console);
}

/// The file that a link stands for, so that the link stays.
std::filesystem::path follow(const std::string& output) {
  std::error_code error;
  const auto target = std::filesystem::weakly_canonical(output, error);
  return error ? std::filesystem::path(output) : target;
}

std::string explanation(const detect::JudgedPoint& judged) {
  std::string text = ",,,,";
  if (const auto& expected = judged.expectation)
    text = fmt::format(",{:.6g},{:.6g},{:.6g},{}", expected->value, expected->value - 2 * expected->deviation,
                       expected->value + 2 * expected->deviation, detect::to_text(expected->season));
  if (judged.judgement.score < 0.5) return text + ",";
  return text + fmt::format(",{}; one point in {:.0f}", detect::words_of(judged.judgement.feature, judged.judgement.upward),
                            judged.judgement.one_in);
}

}  // namespace

Result<void> replay_anomaly(std::istream& input, std::ostream& output, bool explain) {
  auto learner = std::make_unique<detect::AnomalyLearner>();
  SeriesColumns columns;
  std::string line;
  std::size_t number = 0;
  bool begun = false;
  const auto at_line = [&](const Error& error) { return fail(error.kind, fmt::format("line {}: {}", number, error.message)); };
  output << "timestamp,value,anomaly_score" << (explain ? ",expected,lower,upper,season,reason\n" : "\n");
  while (std::getline(input, line)) {
    ++number;
    if (is_blank(line)) continue;
    if (!begun) {
      const auto header = columns.read_header(line);
      if (!header) return at_line(header.error());
      begun = true;
      if (*header) continue;
    }
    const auto row = columns.read(line);
    if (!row) return at_line(row.error());
    const detect::JudgedPoint judged = row->value ? learner->observe(row->time, *row->value) : detect::JudgedPoint{};
    output << fmt::format("{},{},{}{}\n", row->time_text, row->value_text, judged.judgement.score, explain ? explanation(judged) : "");
  }
  if (input.bad()) return fail(ErrorKind::unavailable, "cannot be read");
  return {};
}

ExitCode run_replay_anomaly(const ReplayAnomalyOptions& options, Console console) {
  std::ifstream file;
  const bool from_stdin = options.input == "-", to_stdout = options.output == "-";
  if (!from_stdin) {
    if (!std::filesystem::exists(options.input)) return refuse(console, options.input + ": there is no such file", ExitCode::not_found);
    if (std::filesystem::is_directory(options.input)) return refuse(console, options.input + ": is a directory", ExitCode::usage);
    file.open(options.input);
    if (!file) return refuse(console, options.input + ": cannot be opened", ExitCode::failed);
  }
  std::istream& input = from_stdin ? std::cin : file;
  if (to_stdout) return replay_into(console.out, input, options, console);
  const auto target = follow(options.output);
  if (std::filesystem::exists(target) && !std::filesystem::is_regular_file(target)) {  // a device or a pipe, which stays one
    std::ofstream output(target);
    return replay_into(output, input, options, console);
  }

  // beside the output until it is whole, so that input and output may be one file
  const std::filesystem::path partial = target.string() + ".partial";
  std::ofstream output(partial, std::ios::trunc);
  ExitCode code = replay_into(output, input, options, console);
  output.close();
  std::error_code error;
  if (code == ExitCode::done) std::filesystem::rename(partial, target, error);
  if (error) code = refuse(console, options.output + ": cannot be written", ExitCode::failed);
  if (code != ExitCode::done) std::filesystem::remove(partial, error);
  return code;
}

}  // namespace tocsin::server
