// One I/O thread with the connections that live on it: each is touched only from there, so none needs a lock.
#pragma once

#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <span>
#include <thread>
#include <unordered_set>
#include <vector>

#include "base/executor.h"

namespace tocsin::wire {

/// Posts to an I/O thread from any other; may outlive it, and then does nothing.
class IoPost {
 public:
  explicit IoPost(boost::asio::io_context& context) : context_(&context) {}
  void operator()(Task task);
  void detach();

 private:
  std::mutex mutex_;
  boost::asio::io_context* context_;
};

/// What lives on an I/O thread. All calls come on that thread.
class IoMember {
 public:
  virtual ~IoMember() = default;
  /// Time passed: drop what is overdue.
  virtual void on_tick(std::uint64_t tick) = 0;
  /// The server wants to stop: end as soon as what is under way is done.
  virtual void finish() = 0;
  /// End now.
  virtual void abort() = 0;
};

class IoThread {
 public:
  /// `tick`: how often members look at their time-outs.
  IoThread(Duration tick, const char* thread_name);
  /// Stops with no grace.
  ~IoThread();

  boost::asio::io_context& context() { return context_; }
  const std::shared_ptr<IoPost>& post() const { return post_; }
  /// A read buffer shared by all connections of the thread, valid until the next suspension.
  std::span<char> scratch() { return scratch_; }

  /// On the thread.
  void add(IoMember& member);
  void remove(IoMember& member);
  std::uint64_t tick_now() const { return ticks_; }
  /// The tick at which `delay` has surely passed.
  std::uint64_t tick_after(Duration delay) const { return ticks_ + 1 + static_cast<std::uint64_t>((delay + tick_ - Duration{1}) / tick_); }
  bool finishing() const { return finishing_; }

  /// From any thread.
  std::size_t member_count() const { return member_count_; }
  void finish_members();
  /// Waits until no member is left, at most `grace`, then aborts those left, and joins. Idempotent.
  void stop(Duration grace);

 private:
  void arm();
  void on_timer();
  bool wait_empty(Duration grace);

  const Duration tick_;
  boost::asio::io_context context_{1};
  boost::asio::steady_timer timer_{context_};
  std::shared_ptr<IoPost> post_ = std::make_shared<IoPost>(context_);
  std::vector<char> scratch_ = std::vector<char>(64 * 1024);
  std::unordered_set<IoMember*> members_;
  std::atomic<std::size_t> member_count_ = 0;
  std::atomic<std::uint64_t> ticks_ = 0;
  bool armed_ = false;
  bool finishing_ = false;
  std::mutex empty_mutex_;
  std::condition_variable empty_;
  std::thread thread_;
};

}  // namespace tocsin::wire
