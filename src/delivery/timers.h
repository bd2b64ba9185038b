// Durable timers: what must happen at a moment, also if the server was down then. A timer is named by (kind, key); setting it again moves
// it. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/document.h"
#include "storage/state_executor.h"

namespace tocsin::delivery {

class Timers {
 public:
  /// `due` is when it should have fired; now may be later. Runs in a unit of its own, in which the timer is already gone; an error undoes
  /// the unit, keeps the timer and retries in 10 s, while others go on.
  using Handler = std::function<Result<void>(const std::string& key, Instant due, const Document& payload)>;

  explicit Timers(storage::StateExecutor& state);
  /// Nothing fires any more.
  ~Timers();

  /// Registers the one handler of a kind ("oncall.stage"), before start().
  void handle(std::string kind, Handler handler);
  /// Creates the table. Call once before anything else.
  Result<void> migrate();
  /// Fires what is overdue, in order of due time, and goes on as time passes.
  void start();

  void set(const std::string& kind, const std::string& key, Instant due, const Document& payload = {});
  void cancel(const std::string& kind, const std::string& key);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
