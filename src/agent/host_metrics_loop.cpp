#include "agent/host_metrics_loop.h"

#include "agent/host_facts.h"
#include "agent/host_metrics/metric_sender.h"
#include "agent/server_client.h"
#include "base/executor.h"

namespace tocsin::agent {

struct HostMetricsLoop::Parts {
  Parts(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random)
      : clock(clock),
        client(std::move(registration), clock, random),
        spool(directory / "metrics"),
        sender(host_name(client.registration().computer_name), spool, read_host,
               [this](const std::string& body) { return client.put_metric_data(body); }),
        executor(make_thread_executor(clock, "metrics")) {}

  void round(Duration every) {
    executor->post_after(every, [this, every] { round(every); });
    sender.round(clock.now());
  }

  const Clock& clock;
  ServerClient client;
  MetricSpool spool;
  MetricSender sender;
  std::unique_ptr<Executor> executor;
};

HostMetricsLoop::HostMetricsLoop(Registration registration, const std::filesystem::path& directory, const Clock& clock, Random& random)
    : parts_(std::make_unique<Parts>(std::move(registration), directory, clock, random)) {}

HostMetricsLoop::~HostMetricsLoop() = default;

Result<void> HostMetricsLoop::start(Duration every) {
  if (auto opened = parts_->spool.open(); !opened) return opened;
  parts_->executor->post([parts = parts_.get(), every] { parts->round(every); });
  return {};
}

}  // namespace tocsin::agent
