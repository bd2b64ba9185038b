// How parcels come down: their outcomes are written, their owners told, and what failed waits for its next try.
#include "base/log.h"
#include "delivery/outbox_parts.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr Duration retry_max = 5min;
constexpr double jitter = 0.2;

}  // namespace

/// From any thread. What comes down together is settled together.
void Outbox::Parts::land(Landing landing) {
  {
    const std::lock_guard lock(came_down_mutex);
    came_down.push_back(std::move(landing));
    if (came_down.size() > 1) return;
  }
  land_all();
}

void Outbox::Parts::land_all() {
  const auto landings = std::make_shared<Landings>();
  const auto results = std::make_shared<std::vector<Result<void>>>();
  state.submit(
      [self = shared_from_this(), landings, results]() -> Result<void> {
        {
          const std::lock_guard lock(self->came_down_mutex);
          landings->swap(self->came_down);
        }
        if (self->stopped) return {};
        self->settle_all(*landings, *results);
        return {};
      },
      [self = shared_from_this(), landings, results](Result<void> result) {
        // what was not even looked at is looked at again
        if (!result && landings->empty() && !self->stopped)
          self->state.executor().post_after(outbox_retry_first, [self] {
            if (!self->stopped) self->land_all();
          });
        for (std::size_t n = 0; n < landings->size(); ++n)
          self->landed(std::move((*landings)[n]), !result || n >= results->size() ? result : (*results)[n]);
      });
}

void Outbox::Parts::landed(Landing landing, const Result<void>& result) {
  if (stopped) return;
  Channel& channel = channels[landing.channel];
  if (!result) {
    log::warning("delivery/outbox", "an outcome could not be settled yet", {{"parcel", landing.id}, {"error", result.error().message}});
    const Duration delay = landing.retry;
    landing.retry = std::min(retry_max, delay * 2);
    state.executor().post_after(delay, [self = shared_from_this(), landing = std::move(landing)]() mutable {
      if (!self->stopped) self->land(std::move(landing));
    });
    return;
  }
  bool look_again = !landing.flown;
  if (landing.flown) {
    const bool answered = landing.outcome.result == CarryResult::delivered || landing.outcome.status != 0;
    channel.lanes.landed(landing.id, landing.flown->parcel.lane, answered);
    // another of its order may go, or it goes again later
    look_again = !landing.flown->parcel.order_key.empty() || landing.outcome.result == CarryResult::try_again;
  } else {
    channel.lanes.ended(landing.id);
  }
  launch(landing.channel);
  if (look_again || (channel.backlog && channel.lanes.is_half_empty()) || !channel.lanes.held_with_room().empty()) pass(landing.channel);
}

/// All in one part, which costs less than a part for each; when one fails, each stands or falls alone.
void Outbox::Parts::settle_all(const Landings& landings, std::vector<Result<void>>& results) {
  const Result<void> together = state.atomically([&]() -> Result<void> {
    for (const Landing& landing : landings)
      if (auto settled = settle(landing); !settled) return settled;
    return {};
  });
  if (together) return results.assign(landings.size(), Result<void>());
  for (const Landing& landing : landings) results.push_back(state.atomically([&] { return settle(landing); }));
}

Result<void> Outbox::Parts::settle(const Landing& landing) {
  if (!landing.flown) {
    auto stored = store.unsettled(landing.id);
    return stored ? finish(*stored, landing.without_carrying, stored->attempts, {}) : Result<void>();
  }
  // most arrive at once, and then nothing of them is kept
  const StoredParcel& flown = *landing.flown;
  if (landing.outcome.result == CarryResult::delivered && flown.attempts == 0 && !flown.named && flown.parcel.order_key.empty())
    return store.remove(flown.sequence) ? tell(flown, Settled::delivered, 1, landing.outcome) : Result<void>();
  const auto standing = store.standing(landing.flown->sequence);
  if (standing == ParcelStore::Standing::gone) return {};
  landing.flown->cancelled = standing == ParcelStore::Standing::cancelled;
  return settle_carried(*landing.flown, landing.outcome);
}

Result<void> Outbox::Parts::settle_carried(StoredParcel& stored, const CarryOutcome& outcome) {
  const int attempts = stored.attempts + 1;
  // nobody can ask for what arrived at once under an id of ours
  if (stored.named || attempts > 1 || outcome.result != CarryResult::delivered)
    store.record_attempt(stored.parcel.id, attempts, state.now(), outcome);
  if (outcome.result == CarryResult::delivered) return finish(stored, Settled::delivered, attempts, outcome);
  if (outcome.result == CarryResult::refused) return finish(stored, Settled::refused, attempts, outcome);
  if (stored.cancelled) return finish(stored, Settled::cancelled, attempts, outcome);
  if (attempts > static_cast<int>(stored.parcel.plan.delays.size())) return finish(stored, Settled::exhausted, attempts, outcome);
  const Instant due = next_try(stored, attempts);
  if (due >= stored.expires) return finish(stored, Settled::expired, attempts, outcome);
  store.wait_until(stored, attempts, due);
  const auto owner = owners.find(stored.parcel.owner);
  if (owner != owners.end() && owner->second.on_attempt) owner->second.on_attempt(stored.parcel, attempts, outcome);
  return {};
}

Instant Outbox::Parts::next_try(const StoredParcel& stored, int attempts) {
  const Duration delay = stored.parcel.plan.delays[static_cast<std::size_t>(attempts - 1)];
  return state.now() + delay + Duration(static_cast<std::int64_t>(static_cast<double>(delay.count()) * jitter * random.unit()));
}

Result<void> Outbox::Parts::finish(const StoredParcel& stored, Settled outcome, int attempts, const CarryOutcome& last) {
  store.settle(stored, outcome, state.now());
  const bool lost = outcome == Settled::refused || outcome == Settled::exhausted || outcome == Settled::expired;
  if (lost)
    log::warning("delivery/outbox", "a parcel will not arrive",
                 {{"parcel", stored.parcel.id},
                  {"owner", stored.parcel.owner},
                  {"channel", stored.parcel.channel},
                  {"tries", std::to_string(attempts)},
                  {"error", last.error}});
  return tell(stored, outcome, attempts, last);
}

Result<void> Outbox::Parts::tell(const StoredParcel& stored, Settled outcome, int attempts, const CarryOutcome& last) {
  const auto owner = owners.find(stored.parcel.owner);
  if (owner == owners.end() || !owner->second.on_settled) return {};
  return owner->second.on_settled({stored.parcel, outcome, attempts, last});
}

}  // namespace tocsin::delivery
