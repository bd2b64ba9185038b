#include "delivery/gateways/failover_carrier.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::delivery {
namespace {

struct Known {
  FailoverCarrier::Gateway gateway;
  int failures = 0;
  Instant passed_over_until{};
  std::string last_error;
};

/// One message on its way through the gateways.
struct Journey {
  std::string parcel_id;
  Document content;
  Carrier::Done done;
  std::vector<std::size_t> left;  ///< gateways that were not asked yet, best first
  int asking = 0;                 ///< tells answers of the one asked now from late ones
  TimerId patience = 0;
  CarryOutcome last;
};

}  // namespace

struct FailoverCarrier::Parts : std::enable_shared_from_this<Parts> {
  Parts(std::vector<Gateway> gateways, Executor& e, FailoverOptions o) : executor(e), options(o) {
    for (Gateway& each : gateways) known.push_back({std::move(each), 0, {}, {}});
  }

  std::vector<std::size_t> order() const;
  void ask_next(const std::shared_ptr<Journey>& journey);
  void answered(const std::shared_ptr<Journey>& journey, std::size_t which, int asking, CarryOutcome outcome);
  void note_failure(Known& gateway, const std::string& error);

  Executor& executor;
  const FailoverOptions options;
  std::vector<Known> known;
  bool over = false;
};

// those that work first, as they were named; then those that pause, the one whose pause ends first
std::vector<std::size_t> FailoverCarrier::Parts::order() const {
  std::vector<std::size_t> out(known.size());
  for (std::size_t i = 0; i < out.size(); ++i) out[i] = i;
  const Instant now = executor.now();
  std::ranges::stable_sort(out, {},
                           [&](std::size_t i) { return known[i].passed_over_until <= now ? Instant{} : known[i].passed_over_until; });
  return out;
}

void FailoverCarrier::Parts::ask_next(const std::shared_ptr<Journey>& journey) {
  if (journey->left.empty()) return journey->done(std::move(journey->last));
  const std::size_t which = journey->left.front();
  journey->left.erase(journey->left.begin());
  const int asking = ++journey->asking;
  journey->patience = executor.post_after(options.answer_time_max, [self = weak_from_this(), journey, which, asking] {
    if (const auto parts = self.lock())
      parts->answered(
          journey, which, asking,
          {.result = CarryResult::try_again, .error = parts->known[which].gateway.name + " is too slow", .error_code = "TIMEOUT"});
  });
  known[which].gateway.carrier->carry(journey->parcel_id, journey->content,
                                      [self = weak_from_this(), journey, which, asking](CarryOutcome outcome) {
                                        const auto parts = self.lock();
                                        if (!parts) return;
                                        parts->executor.post([parts, journey, which, asking, outcome = std::move(outcome)]() mutable {
                                          parts->answered(journey, which, asking, std::move(outcome));
                                        });
                                      });
}

void FailoverCarrier::Parts::note_failure(Known& gateway, const std::string& error) {
  gateway.last_error = error;
  Duration pause = options.pause_first;
  for (int i = 0; i < gateway.failures && pause < options.pause_max; ++i) pause *= 2;
  ++gateway.failures;
  gateway.passed_over_until = executor.now() + std::min(pause, options.pause_max);
}

void FailoverCarrier::Parts::answered(const std::shared_ptr<Journey>& journey, std::size_t which, int asking, CarryOutcome outcome) {
  if (over || asking != journey->asking) return;
  executor.cancel(journey->patience);
  ++journey->asking;
  Known& gateway = known[which];
  if (outcome.result == CarryResult::try_again) {
    note_failure(gateway, outcome.error);
    journey->last = std::move(outcome);
    return ask_next(journey);
  }
  gateway.failures = 0;
  gateway.passed_over_until = {};
  if (!outcome.answer.is_object()) outcome.answer = Object{};
  outcome.answer.get_object()["gateway"] = gateway.gateway.name;
  journey->done(std::move(outcome));
}

FailoverCarrier::FailoverCarrier(std::vector<Gateway> gateways, Executor& executor, FailoverOptions options)
    : parts_(std::make_shared<Parts>(std::move(gateways), executor, options)) {}
FailoverCarrier::~FailoverCarrier() { parts_->over = true; }

void FailoverCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  parts_->ask_next(std::make_shared<Journey>(
      Journey{.parcel_id = parcel_id, .content = content, .done = std::move(done), .left = parts_->order(), .last = {}}));
}

std::vector<FailoverCarrier::Health> FailoverCarrier::health() const {
  std::vector<Health> out;
  for (const Known& each : parts_->known) out.push_back({each.gateway.name, each.failures, each.passed_over_until, each.last_error});
  return out;
}

}  // namespace tocsin::delivery
