// The one way out: a parcel is enqueued in the unit of work that decided it, so it exists exactly if the decision does, and is carried
// after the commit, at least once, until it is delivered, refused for good, or out of tries or time. So many parcels of a
// channel are in the air at once as its carrier takes, and of one lane (destination) a share of them. That a parcel is in the air is known
// in memory alone: after a crash it is simply waiting again. Threads: enqueue, handle and cancel only on the StateExecutor, inside a unit
// of work.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/random.h"
#include "delivery/carrier.h"
#include "storage/state_executor.h"

namespace tocsin::delivery {

/// When to try again: `delays` one after another (the first try is at once), each with up to 20 % jitter; then it is dead. Dead too when
/// `expires_after` has passed.
struct RetryPlan {
  std::vector<Duration> delays;
  Duration expires_after = std::chrono::hours(24);
};

struct Parcel {
  std::string id;         ///< idempotency key; enqueueing the same id twice keeps the first. Made when empty
  std::string channel;    ///< the carrier: "smtp", "http", "sqs" …
  std::string owner;      ///< who is told the outcome: "sns", "oncall", "rules"
  std::string order_key;  ///< parcels of one key go one after another; empty = unordered
  Document content;       ///< what the carrier of the channel documents
  Document context;       ///< the owner's own, handed back with the outcome
  RetryPlan plan;
  Instant not_before{};  ///< the first try waits for it; in the past: at once
  /// The destination, when a slow one must not hold up others: a host and port. Its parcels keep no order.
  std::string lane = {};
};

/// How many parcels of a channel may be in the air at once, in all and of one lane.
struct AirLimits {
  std::size_t in_all = 32;
  std::size_t per_lane = 32;
};

enum class Settled { delivered, refused, exhausted, expired, cancelled };

struct Settlement {
  Parcel parcel;
  Settled outcome;
  int attempts;
  CarryOutcome last;
};

class Outbox {
 public:
  /// Told once per parcel, in the unit of work that settles it; must be idempotent by parcel.id. An error undoes the unit and is tried
  /// again (10 s to 5 min).
  using OnSettled = std::function<Result<void>(const Settlement&)>;
  /// Told of each failed try that will be repeated (for timelines and metrics), in the unit that records it.
  using OnAttempt = std::function<void(const Parcel&, int attempt, const CarryOutcome&)>;

  Outbox(storage::StateExecutor& state, Random& random);
  ~Outbox();

  Result<void> migrate();
  void add_carrier(std::string channel, Carrier& carrier, AirLimits limits = {});
  /// Whether the channel has a carrier. From any thread once all are added.
  bool carries(const std::string& channel) const;
  void handle(std::string owner, OnSettled on_settled, OnAttempt on_attempt = {});
  /// Resumes what was waiting or in the air when the server stopped.
  void start();

  /// The parcel's id. An id given by the caller is remembered for a day after it settled.
  std::string enqueue(Parcel parcel);
  /// What has not been delivered yet will not be (one in the air may still arrive). Its owner is told `cancelled`, in a later unit.
  void cancel(const std::string& parcel_id);

  struct Depth {
    std::int64_t waiting;
    Instant oldest;
  };
  /// Not yet settled.
  Depth depth(const std::string& channel);

  struct Attempt {
    int attempt;  ///< from 1
    Instant at;   ///< when its outcome was known
    CarryResult result;
    int status;
    std::string error;
    std::string error_code;
  };
  /// Every try of a parcel, oldest first; kept for a day. One whose id was made here and that arrived at once has none.
  std::vector<Attempt> attempts(const std::string& parcel_id);

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
