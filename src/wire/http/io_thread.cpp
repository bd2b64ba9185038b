#include "wire/http/io_thread.h"

#include <pthread.h>
#include <signal.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>

#include "base/log.h"

namespace tocsin::wire {
namespace asio = boost::asio;
namespace {

// std::move_only_function is no copyable handler, which asio's post does not ask for; this only gives it a plain type.
struct Run {
  Task task;
  void operator()() { task(); }
};

}  // namespace

void IoPost::operator()(Task task) {
  const std::lock_guard lock(mutex_);
  if (context_) asio::post(*context_, Run{std::move(task)});
}

void IoPost::detach() {
  const std::lock_guard lock(mutex_);
  context_ = nullptr;
}

IoThread::IoThread(Duration tick, const char* thread_name) : tick_(tick) {
  thread_ = std::thread([this, name = std::string(thread_name)] {
    pthread_setname_np(pthread_self(), name.substr(0, 15).c_str());
    // OpenSSL writes to sockets without MSG_NOSIGNAL
    sigset_t broken_pipe;
    sigemptyset(&broken_pipe);
    sigaddset(&broken_pipe, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
    const auto guard = asio::make_work_guard(context_);
    for (;;) {
      try {
        context_.run();
        return;
      } catch (const std::exception& error) {
        log::error("wire/http", "an I/O task failed", {{"error", error.what()}});
      }
    }
  });
}

IoThread::~IoThread() { stop(Duration{0}); }

void IoThread::add(IoMember& member) {
  members_.insert(&member);
  member_count_ = members_.size();
  arm();
}

void IoThread::remove(IoMember& member) {
  members_.erase(&member);
  const std::lock_guard lock(empty_mutex_);
  member_count_ = members_.size();
  if (members_.empty()) empty_.notify_all();
}

void IoThread::arm() {
  if (armed_) return;
  armed_ = true;
  timer_.expires_after(tick_);
  timer_.async_wait([this](const boost::system::error_code& failed) {
    armed_ = false;
    if (!failed) on_timer();
  });
}

void IoThread::on_timer() {
  const std::uint64_t now = ++ticks_;
  // a member may leave while it is told
  const std::vector<IoMember*> told(members_.begin(), members_.end());
  for (IoMember* member : told)
    if (members_.contains(member)) member->on_tick(now);
  if (!members_.empty()) arm();
}

void IoThread::finish_members() {
  (*post_)([this] {
    finishing_ = true;
    const std::vector<IoMember*> told(members_.begin(), members_.end());
    for (IoMember* member : told)
      if (members_.contains(member)) member->finish();
  });
}

bool IoThread::wait_empty(Duration grace) {
  std::unique_lock lock(empty_mutex_);
  return empty_.wait_for(lock, grace, [this] { return member_count_ == 0; });
}

void IoThread::stop(Duration grace) {
  if (!thread_.joinable()) return;
  wait_empty(grace);
  (*post_)([this] {
    const std::vector<IoMember*> told(members_.begin(), members_.end());
    for (IoMember* member : told)
      if (members_.contains(member)) member->abort();
  });
  if (!wait_empty(std::chrono::seconds(5))) log::error("wire/http", "connections did not end", {{"count", std::to_string(member_count_)}});
  post_->detach();
  context_.stop();
  thread_.join();
}

}  // namespace tocsin::wire
