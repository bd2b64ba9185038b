// Receives datagrams.
#pragma once

#include <functional>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "wire/http/listen_address.h"

namespace tocsin::wire {

class UdpListener {
 public:
  /// `handle` is called on the listener's thread.
  explicit UdpListener(std::function<void(std::string_view datagram)> handle) : handle_(std::move(handle)) {}
  ~UdpListener() { stop(); }

  /// `unavailable` when the address cannot be had; port 0 takes a free one.
  Result<void> start(const ListenAddress& address);
  void stop();
  const ListenAddress& bound() const { return bound_; }

 private:
  void run();

  const std::function<void(std::string_view)> handle_;
  ListenAddress bound_;
  int socket_ = -1;
  int wake_ = -1;
  std::thread thread_;
};

}  // namespace tocsin::wire
