// A receiver of webhooks for benchmarks: one thread, epoll, keep-alive; it answers 200 at once, and at /hang only
// the confirmation of a subscription.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>

namespace tocsin::bench {

class WebhookSink {
 public:
  /// Called on the sink's thread for each request.
  using OnRequest = std::function<void(std::string_view path, std::string_view body)>;
  explicit WebhookSink(OnRequest on_request);
  ~WebhookSink();
  int port() const { return port_; }
  std::int64_t received() const { return received_; }

 private:
  void run();
  void accept_all();
  void read(int socket);
  bool answer_next(int socket, std::string& buffer);

  OnRequest on_request_;
  int listener_ = -1, epoll_ = -1, port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::int64_t> received_ = 0;
  std::unordered_map<int, std::string> buffers_;
  std::thread thread_;
};

}  // namespace tocsin::bench
