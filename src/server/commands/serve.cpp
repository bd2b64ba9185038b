#include "server/commands/serve.h"

#include <signal.h>
#include <sys/resource.h>

#include "base/log.h"
#include "server/commands/version.h"
#include "server/config/data_directory.h"
#include "server/config/running_settings.h"

namespace tocsin::server {
namespace {

// Connections, segments and partitions are descriptors each; the usual soft limit of 1,024 is soon reached.
void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

sigset_t stop_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

ExitCode report(const Error& error, Console console) {
  console.err << "tocsin serve: " << error.message << "\n";
  return error.kind == ErrorKind::invalid ? ExitCode::usage : ExitCode::failed;
}

}  // namespace

ExitCode run_serve(const LoadedConfig& loaded, const OpenNode& open_node, Console console) {
  const ServerConfig& config = loaded.config;
  log::set_level(config.log_level);
  log::set_json(config.log_json);
  raise_descriptor_limit();
  ::signal(SIGPIPE, SIG_IGN);
  // blocked in every thread, so that they come only where they are waited for
  const sigset_t signals = stop_signals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  auto node = open_node(config);
  if (!node) return report(node.error(), console);
  const DataDirectory data{config.data};
  std::error_code ignored;
  const auto noted = write_running_settings(data.running(), {.given = loaded.given, .directory = std::filesystem::current_path(ignored).string(), .key_fingerprint = key_fingerprint(data.server_key())});
  if (!noted) log::warning("server", "the doctor will not know this server's settings", {{"error", noted.error().message}});
  if (const auto started = (*node)->start(); !started) return report(started.error(), console);
  for (const std::string& url : (*node)->endpoints())
    log::info("server", "serving", {{"url", url}, {"version", std::string(tocsin_version())}});
  int received = 0;
  sigwait(&signals, &received);
  log::info("server", "stopping", {{"signal", received == SIGINT ? "SIGINT" : "SIGTERM"}});
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  (*node)->stop();
  std::filesystem::remove(data.running(), ignored);
  node->reset();
  log::info("server", "stopped");
  return ExitCode::done;
}

}  // namespace tocsin::server
