// A carrier takes one parcel to the outside world, once. Its call returns (retry?, error): whether to try again is its decision, when is
// the outbox's.
#pragma once

#include <functional>
#include <string>

#include "base/document.h"

namespace tocsin::delivery {

enum class CarryResult {
  delivered,
  try_again,  ///< no answer, 5xx, 429, a 4xx of SMTP
  refused,    ///< will never work: a 4xx of HTTP, a 5xx of SMTP, no such target
};

struct CarryOutcome {
  CarryResult result = CarryResult::try_again;
  std::string error;       ///< empty when delivered; for people, never with a secret
  std::string error_code;  ///< EventBridge's words: CONNECTION_FAILURE, TIMEOUT, NO_PERMISSIONS …; may be empty
  int status = 0;          ///< HTTP or SMTP status, 0 when none came
  Document answer;         ///< what came back, if the carrier keeps it
};

class Carrier {
 public:
  using Done = std::move_only_function<void(CarryOutcome)>;
  virtual ~Carrier() = default;
  /// Called on the StateExecutor's thread, outside a unit; must not block. `done` may be called from any thread, exactly once, within the
  /// carrier's own time limit.
  virtual void carry(const std::string& parcel_id, const Document& content, Done done) = 0;
};

}  // namespace tocsin::delivery
