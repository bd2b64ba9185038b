// tocsin-agent: register once, then run.
#include <sys/signal.h>

#include <CLI/CLI.hpp>
#include <iostream>

#include "agent/agent.h"
#include "agent/host_metrics_loop.h"
#include "agent/log_files_loop.h"
#include "agent/server_client.h"
#include "base/ids.h"
#include "wire/host_key/host_key.h"

namespace tocsin::agent {
namespace {

struct Settings {
  std::string directory = "/var/lib/tocsin-agent";
  bool metrics = false;
  LogFilesOptions logs;
  std::string server, region = "us-east-1", ca_file, computer_name, activation_id, activation_code;
};

int tell(const Error& error) {
  std::cerr << "tocsin-agent: " << error.message << '\n';
  return error.kind == ErrorKind::unavailable ? 5 : error.kind == ErrorKind::denied ? 4 : error.kind == ErrorKind::not_found ? 3 : 1;
}

int register_host(const Settings& settings) {
  SystemClock clock;
  SystemRandom random;
  const auto key = wire::make_host_key();
  if (!key) return tell(key.error());
  Registration registration{.server_url = settings.server, .region = settings.region, .fingerprint = make_uuid_v4(random), .private_key_pem = key->private_key_pem,
                            .ca_file = settings.ca_file, .computer_name = settings.computer_name};
  ServerClient client(registration, clock, random);
  const auto id = client.register_instance(settings.activation_id, settings.activation_code, key->public_key);
  if (!id) return tell(id.error());
  registration.instance_id = *id;
  if (const auto saved = save_registration(settings.directory, registration); !saved) return tell(saved.error());
  std::cout << *id << '\n';
  return 0;
}

int run_agent(const Settings& settings) {
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  // blocked before any thread starts, so that only sigwait sees them
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  SystemClock clock;
  SystemRandom random;
  auto registration = load_registration(settings.directory);
  if (!registration) return tell(registration.error());
  Agent agent(*registration, settings.directory, clock, random);
  if (const auto started = agent.start(); !started) return tell(started.error());
  HostMetricsLoop metrics(*registration, settings.directory, clock, random);
  if (settings.metrics)
    if (const auto started = metrics.start(); !started) return tell(started.error());
  LogFilesLoop logs(*registration, settings.directory, clock, random);
  if (const auto started = logs.start(settings.logs); !started) return tell(started.error());
  int which = 0;
  sigwait(&ends, &which);
  agent.stop();
  return 0;
}

}  // namespace
}  // namespace tocsin::agent

int main(int argc, char** argv) {
  tocsin::agent::Settings settings;
  CLI::App app(
      "The agent of a host that Tocsin looks after.\n\n"
      "  tocsin-agent register --server https://tocsin.example:4566 --ca ca.pem --id ID --code CODE\n"
      "  tocsin-agent run\n");
  app.require_subcommand(1);
  app.add_option("--dir", settings.directory, "where the registration and the spool are kept")->capture_default_str();
  CLI::App* registering = app.add_subcommand("register", "register this host with an activation (aws ssm create-activation)");
  registering->add_option("--server", settings.server, "http(s)://host:port of the server")->required();
  registering->add_option("--id", settings.activation_id, "the activation's id")->required();
  registering->add_option("--code", settings.activation_code, "the activation's code")->required();
  registering->add_option("--region", settings.region, "the region to register in")->capture_default_str();
  registering->add_option("--ca", settings.ca_file, "PEM file of the authority to trust (the server's DIR/tls/ca.pem)");
  registering->add_option("--name", settings.computer_name, "the name that the server shows, when it is not that of the machine");
  CLI::App* running = app.add_subcommand("run", "connect, and do what the server asks, until SIGTERM");
  running->add_flag("--metrics", settings.metrics, "measure this host each minute: processor, memory, disks, network, processes (namespace CWAgent)");
  running->add_option("--log", settings.logs.files, "follow a file: PATH=GROUP or PATH=GROUP:STREAM; repeats")->expected(1)->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  running->add_option("--journal", settings.logs.journal_group, "follow the systemd journal into this log group");
  app.set_version_flag("--version", "tocsin-agent 0.1.0");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int code = app.exit(error);
    return code == 0 ? 0 : 2;
  }
  if (registering->parsed()) return tocsin::agent::register_host(settings);
  return running->parsed() ? tocsin::agent::run_agent(settings) : 2;
}
