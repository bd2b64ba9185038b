#include <pthread.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

#include "base/executor.h"
#include "base/steady_time.h"

namespace tocsin {
namespace {

using namespace std::chrono_literals;

// what is due sooner waits for a span (try again in five seconds), what is due later for a moment (at six o'clock)
constexpr Duration span_max = 15min;
// less than this the clock drifts or is slewed; more, and somebody set it
constexpr Duration step_min = 1s;

class ThreadExecutor final : public Executor {
 public:
  ThreadExecutor(const Clock& clock, const char* name) : clock_(clock), offset_(wall_ahead()), thread_([this] { run(); }) {
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
      follow_steps();
      timed_.emplace(std::pair(due, id), std::move(task));
      due_of_.emplace(id, Due{due, due - clock_.now() <= span_max});
    }
    wake_.notify_one();
    return id;
  }

  void cancel(TimerId timer) override {
    std::lock_guard lock(mutex_);
    const auto found = due_of_.find(timer);
    if (found == due_of_.end()) return;
    timed_.erase({found->second.at, timer});
    due_of_.erase(found);
  }

  Instant now() const override { return clock_.now(); }

 private:
  struct Due {
    Instant at;
    bool is_span;
  };

  /// How far the wall clock is ahead of the steady one: constant but for steps.
  Duration wall_ahead() const { return clock_.now().time_since_epoch() - steady_time(); }

  /// When somebody sets the clock, what waits for a span is moved with it, so that it is neither hastened nor held up.
  void follow_steps() {
    const Duration offset = wall_ahead();
    const Duration step = offset - std::exchange(offset_, offset);
    if (std::chrono::abs(step) < step_min) return;
    std::map<std::pair<Instant, TimerId>, Task> moved;
    for (auto& [key, task] : timed_) {
      Due& due = due_of_[key.second];
      if (due.is_span) due.at += step;
      moved.emplace(std::pair(due.at, key.second), std::move(task));
    }
    timed_ = std::move(moved);
  }

  void take_due() {
    follow_steps();
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
  std::map<TimerId, Due> due_of_;
  TimerId last_timer_ = 0;
  bool stopping_ = false;
  Duration offset_;
  std::thread thread_;
};

}  // namespace

std::unique_ptr<Executor> make_thread_executor(const Clock& clock, const char* thread_name) {
  return std::make_unique<ThreadExecutor>(clock, thread_name);
}

}  // namespace tocsin
