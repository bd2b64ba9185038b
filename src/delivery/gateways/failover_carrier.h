// The gateways of one channel, best first, as one carrier. A gateway that does not answer in time or cannot take a message is passed over
// for a pause that grows; when all pause, the one whose pause ends first is asked. Threads: carry on the executor; what gateways answer may
// come from any.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/executor.h"
#include "delivery/carrier.h"

namespace tocsin::delivery {

struct FailoverOptions {
  /// How long one gateway may take before the next is asked as well. What the slow one says later is heard no more: a message may arrive
  /// twice.
  Duration answer_time_max = std::chrono::seconds(12);
  Duration pause_first = std::chrono::seconds(15);
  Duration pause_max = std::chrono::minutes(5);
};

class FailoverCarrier final : public Carrier {
 public:
  struct Gateway {
    std::string name;  ///< without secrets
    Carrier* carrier;  ///< outlives this
  };
  /// At least one. `executor` outlives this.
  FailoverCarrier(std::vector<Gateway> gateways, Executor& executor, FailoverOptions options = {});
  ~FailoverCarrier() override;
  /// The answer kept is the gateway's, with {"gateway": NAME}.
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

  struct Health {
    std::string name;
    int failures;  ///< since the last success
    Instant passed_over_until;
    std::string last_error;
  };
  std::vector<Health> health() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
