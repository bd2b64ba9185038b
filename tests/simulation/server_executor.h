// The simulated machine's processor as one life of a server sees it: everything runs on the world's one executor, and nothing of this life
// runs once it has ended or the machine has no power.
#pragma once

#include <memory>

#include "base/executor.h"
#include "storage/simulated/simulated_disk.h"

namespace tocsin::simulation {

/// Whether the life that work belongs to goes on.
struct Life {
  const storage::SimulatedDisk& disk;
  bool over = false;
  bool goes_on() const { return !over && disk.powered(); }
};

class ServerExecutor final : public Executor {
 public:
  ServerExecutor(Executor& world, std::shared_ptr<const Life> life) : world_(world), life_(std::move(life)) {}
  ~ServerExecutor() override { halt(); }

  void post(Task task) override { world_.post(of_this_life(std::move(task))); }
  TimerId post_at(Instant due, Task task) override { return world_.post_at(due, of_this_life(std::move(task))); }
  void cancel(TimerId timer) override { world_.cancel(timer); }
  Instant now() const override { return world_.now(); }
  void halt() override { *halted_ = true; }

 private:
  Task of_this_life(Task task) {
    return [task = std::move(task), life = life_, halted = halted_]() mutable {
      if (!*halted && life->goes_on()) task();
    };
  }

  Executor& world_;
  std::shared_ptr<const Life> life_;
  std::shared_ptr<bool> halted_ = std::make_shared<bool>(false);
};

}  // namespace tocsin::simulation
