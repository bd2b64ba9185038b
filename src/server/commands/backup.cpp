#include "server/commands/backup.h"

#include "server/backup/backup.h"
#include "server/commands/version.h"

namespace tocsin::server {
namespace {

ExitCode tell(const char* command, const Result<BackupReport>& report, const std::string& done, Console console) {
  if (!report) {
    console.err << "tocsin " << command << ": " << report.error().message << "\n";
    return exit_code_of(report.error().kind);
  }
  console.out << report->files << " files, " << report->bytes << " bytes " << done << "\n";
  return ExitCode::done;
}

}  // namespace

ExitCode run_backup(const std::filesystem::path& data, const std::filesystem::path& output, const Clock& clock, Console console) {
  return tell("backup", back_up(data, output, clock.now(), std::string(tocsin_version())), "copied to " + output.string(), console);
}

ExitCode run_restore(const std::filesystem::path& from, const std::filesystem::path& data, Console console) {
  return tell("restore", restore(from, data), "restored to " + data.string(), console);
}

}  // namespace tocsin::server
