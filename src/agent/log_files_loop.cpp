#include "agent/log_files_loop.h"

#include "agent/host_facts.h"
#include "agent/log_files/file_source.h"
#include "agent/log_files/journal_source.h"
#include "agent/log_files/log_shipper.h"
#include "agent/server_client.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/executor.h"
#include "base/log.h"

namespace tocsin::agent {

struct LogFilesLoop::Parts {
  Parts(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random)
      : clock(clock),
        client(std::move(registration), clock, random),
        states(directory / "logs"),
        executor(make_thread_executor(clock, "log-files")) {}

  Result<void> add(std::unique_ptr<LineSource> source, const std::string& name, LogShipper::Target target) {
    auto shipper = std::make_unique<LogShipper>(
        std::move(source), std::move(target), states / (to_hex(sha256(name)).substr(0, 24) + ".json"),
        [this](const std::string& operation, const Object& input) { return client.call_logs(operation, input); });
    if (auto opened = shipper->open(); !opened) return opened;
    shippers.push_back(std::move(shipper));
    return {};
  }

  void round(Duration every) {
    bool all = true;
    for (const auto& shipper : shippers) {
      const auto sent = shipper->round(clock.now());
      if (sent)
        all = all && *sent;
      else if (!std::exchange(troubled, true))
        log::warning("agent/log_files", "log lines wait: they are sent when it is over", {{"error", sent.error().message}});
      if (sent) troubled = false;
    }
    executor->post_after(all ? every : Duration{}, [this, every] { round(every); });
  }

  const Clock& clock;
  ServerClient client;
  const std::filesystem::path states;
  std::vector<std::unique_ptr<LogShipper>> shippers;
  bool troubled = false;
  std::unique_ptr<Executor> executor;
};

LogFilesLoop::LogFilesLoop(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(std::move(registration), directory, clock, random)) {}

LogFilesLoop::~LogFilesLoop() = default;

Result<void> LogFilesLoop::start(const LogFilesOptions& options, Duration every) {
  const std::string host = host_name(parts_->client.registration().computer_name);
  for (const std::string& file : options.files) {
    const std::size_t equal = file.find('=');
    if (equal == 0 || equal == std::string::npos || equal + 1 == file.size())
      return fail(ErrorKind::invalid, "--log " + file + ": write PATH=GROUP or PATH=GROUP:STREAM");
    const std::string path = file.substr(0, equal), target = file.substr(equal + 1);
    const std::size_t colon = target.find(':');
    if (auto added = parts_->add(std::make_unique<FileSource>(path), file,
                                 {target.substr(0, colon), colon == std::string::npos ? host : target.substr(colon + 1)});
        !added)
      return added;
  }
  if (!options.journal_group.empty())
    if (auto added = parts_->add(std::make_unique<JournalSource>(), "journal=" + options.journal_group, {options.journal_group, host});
        !added)
      return added;
  if (parts_->shippers.empty()) return {};
  parts_->executor->post([parts = parts_.get(), every] { parts->round(every); });
  return {};
}

}  // namespace tocsin::agent
