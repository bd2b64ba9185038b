// A receiver of webhooks in the test's process, on a real loopback socket, that keeps what it is given.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "wire/http/http_server.h"

namespace tocsin::testing {

class WebhookSink final : private wire::HttpHandler {
 public:
  WebhookSink();
  ~WebhookSink() override;

  std::string url(const std::string& path = "/hook") const;
  /// What it answers from now on. Status 0: nothing at all.
  void answer(wire::HttpResponse response);

  std::vector<wire::HttpRequest> requests() const;
  /// Waits until there are that many; returns what there are.
  std::vector<wire::HttpRequest> wait_for(std::size_t count, std::chrono::milliseconds patience = std::chrono::seconds(5)) const;

 private:
  void handle(wire::HttpRequest request, wire::Respond respond) override;

  SystemClock clock_;
  mutable std::mutex mutex_;
  mutable std::condition_variable arrived_;
  std::vector<wire::HttpRequest> requests_;
  std::vector<wire::Respond> unanswered_;
  wire::HttpResponse answer_;
  std::unique_ptr<wire::HttpServer> server_;
};

}  // namespace tocsin::testing
