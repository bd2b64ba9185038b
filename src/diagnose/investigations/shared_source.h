// One look for the incidents of a storm: when many of an account and region open within a few seconds, the later ones are told what was
// found for the last one before them, instead of searching the same logs and asking the same hosts thousands of times.
#pragma once

#include <deque>
#include <map>
#include <memory>

#include "incidents/partners.h"
#include "storage/state_executor.h"

namespace tocsin::diagnose {

/// A source as it is to incidents. Threads: as EvidenceSource, on the StateExecutor's thread.
class SharedSource final : public incidents::EvidenceSource {
 public:
  /// Within `shared_for`, the first few incidents have a look of their own each.
  static constexpr Duration shared_for = std::chrono::seconds(5);
  static constexpr std::size_t own_looks_max = 5;

  SharedSource(storage::StateExecutor& state, incidents::EvidenceSource& source) : state_(state), source_(source) {}
  std::string name() const override { return source_.name(); }
  void gather(const Request& request, Done done) override;

 private:
  struct Look;
  struct Looks {
    std::deque<Instant> begun;
    std::shared_ptr<Look> newest;
  };

  storage::StateExecutor& state_;
  incidents::EvidenceSource& source_;
  std::map<Scope, Looks> looks_;
};

}  // namespace tocsin::diagnose
