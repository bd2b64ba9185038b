#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

#include "base/executor.h"

namespace tocsin {
namespace {

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(const Clock& clock, const char* name) : clock_(clock), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), name);
  }

  ~ThreadExecutor() override { halt(); }

  void halt() override {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
  }

  void post(Task task) override {
    {
      std::lock_guard lock(mutex_);
      ready_.push_back(std::move(task));
    }
    wake_.notify_one();
  }

  TimerId post_at(Instant due, Task task) override {
    TimerId id;
    {
      std::lock_guard lock(mutex_);
      id = ++last_timer_;
      timed_.emplace(std::pair(due, id), std::move(task));
      due_of_.emplace(id, due);
    }
    wake_.notify_one();
    return id;
  }

  void cancel(TimerId timer) override {
    std::lock_guard lock(mutex_);
    const auto found = due_of_.find(timer);
    if (found == due_of_.end()) return;
    timed_.erase({found->second, timer});
    due_of_.erase(found);
  }

  Instant now() const override { return clock_.now(); }

 private:
  void take_due() {
    const Instant now = clock_.now();
    while (!timed_.empty() && timed_.begin()->first.first <= now) {
      due_of_.erase(timed_.begin()->first.second);
      ready_.push_back(std::move(timed_.begin()->second));
      timed_.erase(timed_.begin());
    }
  }

  void wait(std::unique_lock<std::mutex>& lock) {
    if (timed_.empty()) {
      wake_.wait(lock);
      return;
    }
    // at most a second, so that a step of the wall clock is noticed
    const Duration left = std::min<Duration>(timed_.begin()->first.first - clock_.now(), std::chrono::seconds(1));
    wake_.wait_for(lock, std::max<Duration>(left, Duration{0}));
  }

  void run() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
      take_due();
      if (ready_.empty()) {
        wait(lock);
        continue;
      }
      Task task = std::move(ready_.front());
      ready_.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Task> ready_;
  std::map<std::pair<Instant, TimerId>, Task> timed_;
  std::map<TimerId, Instant> due_of_;
  TimerId last_timer_ = 0;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(const Clock& clock, const char* thread_name) {
  return std::make_unique<ThreadExecutor>(clock, thread_name);
}

}  // namespace tocsin
