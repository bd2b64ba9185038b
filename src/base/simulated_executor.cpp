#include "base/simulated_executor.h"

namespace tocsin {

TimerId SimulatedExecutor::post_at(Instant due, Task task) {
  const TimerId id = ++last_timer_;
  timed_.emplace(std::pair(due, id), std::move(task));
  due_of_.emplace(id, due);
  return id;
}

void SimulatedExecutor::cancel(TimerId timer) {
  const auto found = due_of_.find(timer);
  if (found == due_of_.end()) return;
  timed_.erase({found->second, timer});
  due_of_.erase(found);
}

void SimulatedExecutor::run_ready() {
  while (!ready_.empty()) {
    Task task = std::move(ready_.front());
    ready_.pop_front();
    task();
  }
}

void SimulatedExecutor::run_until(Instant until) {
  run_ready();
  while (!timed_.empty() && timed_.begin()->first.first <= until) {
    auto first = timed_.begin();
    if (first->first.first > clock_.now()) clock_.set(first->first.first);
    due_of_.erase(first->first.second);
    ready_.push_back(std::move(first->second));
    timed_.erase(first);
    run_ready();
  }
  if (until > clock_.now()) clock_.set(until);
}

}  // namespace tocsin
