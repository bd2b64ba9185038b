#include "delivery/outbox.h"

#include <atomic>
#include <map>
#include <set>

#include "base/ids.h"
#include "base/log.h"
#include "delivery/parcel_store.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t in_the_air_max = 32;
constexpr std::size_t settled_per_pass_max = 64;
constexpr Duration purge_interval = 10min;
constexpr Duration retry_first = 10s;
constexpr Duration retry_max = 5min;
constexpr double jitter = 0.2;

struct Owner {
  Outbox::OnSettled on_settled;
  Outbox::OnAttempt on_attempt;
};

struct Channel {
  Carrier* carrier = nullptr;
  std::set<std::string> busy;  ///< in the air, or being settled
  std::size_t in_the_air = 0;
  bool passing = false;
  bool pass_again = false;
  TimerId wake = 0;
  Instant wake_due{};
};

/// What a pass over a channel found to do, done after its unit.
struct Pass {
  std::vector<StoredParcel> to_carry;
  std::vector<std::pair<std::string, Settled>> to_settle;
  std::optional<Instant> next;
};

/// How a parcel came down: carried with an outcome, or ended without being carried.
struct Landing {
  std::string id;
  std::string channel;
  std::optional<CarryOutcome> carried;
  Settled without_carrying = Settled::cancelled;
  Duration retry = retry_first;
};

}  // namespace

struct Outbox::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Random& random) : state(state), random(random), store(state.database()) {}

  void pass(const std::string& name);
  Result<void> look(const std::string& name, Pass& found);
  void passed(const std::string& name, Result<void> result, Pass& found);
  void carry(const std::string& name, StoredParcel& stored);
  void land(Landing landing);
  void landed(Landing landing, Result<void> result);
  Result<void> settle(const Landing& landing);
  Result<void> settle_carried(StoredParcel& stored, const CarryOutcome& outcome);
  Result<void> finish(const StoredParcel& stored, Settled outcome, int attempts, const CarryOutcome& last);
  Instant next_try(const StoredParcel& stored, int attempts);
  void arm(const std::string& name, Instant due);

  storage::StateExecutor& state;
  Random& random;
  ParcelStore store;
  std::map<std::string, Owner> owners;
  std::map<std::string, Channel> channels;
  Instant purged{};
  bool started = false;
  std::atomic<bool> stopped = false;
};

/// Finds what a channel has to do now. One pass at a time; asked for again meanwhile, it is run once more.
void Outbox::Parts::pass(const std::string& name) {
  if (!started || stopped) return;
  Channel& channel = channels[name];
  if (channel.passing) {
    channel.pass_again = true;
    return;
  }
  channel.passing = true;
  channel.pass_again = false;
  const auto pass = std::make_shared<Pass>();
  state.submit([self = shared_from_this(), name, pass] { return self->look(name, *pass); },
               [self = shared_from_this(), name, pass](Result<void> result) { self->passed(name, std::move(result), *pass); });
}

Result<void> Outbox::Parts::look(const std::string& name, Pass& found) {
  const Channel& channel = channels[name];
  const Instant now = state.now();
  std::set<std::string> ending;
  for (std::string& id : store.expired(name, now, channel.busy.size() + settled_per_pass_max)) {
    if (channel.busy.contains(id)) continue;
    ending.insert(id);
    found.to_settle.emplace_back(std::move(id), Settled::expired);
  }
  std::size_t free = in_the_air_max - std::min(in_the_air_max, channel.in_the_air);
  for (const ParcelStore::Due& due : store.due(name, now, channel.busy.size() + ending.size() + settled_per_pass_max)) {
    if (channel.busy.contains(due.id) || ending.contains(due.id)) continue;
    if (due.cancelled) {
      found.to_settle.emplace_back(due.id, Settled::cancelled);
    } else if (free > 0 && channel.carrier) {
      --free;
      if (auto stored = store.unsettled(due.id)) found.to_carry.push_back(std::move(*stored));
    }
  }
  found.next = store.next_moment(name, now);
  if (now - purged >= purge_interval) {
    purged = now;
    store.purge(now);
  }
  return {};
}

void Outbox::Parts::passed(const std::string& name, Result<void> result, Pass& found) {
  Channel& channel = channels[name];
  channel.passing = false;
  if (stopped) return;
  if (!result) return arm(name, state.now() + retry_first);
  if (found.next) arm(name, *found.next);
  const bool full = found.to_settle.size() >= settled_per_pass_max;
  for (auto& [id, outcome] : found.to_settle) {
    channel.busy.insert(id);
    land({.id = id, .channel = name, .without_carrying = outcome});
  }
  for (StoredParcel& stored : found.to_carry) carry(name, stored);
  if (channel.pass_again || full) pass(name);
}

void Outbox::Parts::carry(const std::string& name, StoredParcel& stored) {
  Channel& channel = channels[name];
  channel.busy.insert(stored.parcel.id);
  ++channel.in_the_air;
  const std::string id = stored.parcel.id;
  channel.carrier->carry(id, stored.parcel.content, [self = shared_from_this(), id, name](CarryOutcome outcome) {
    if (self->stopped) return;
    self->land({.id = id, .channel = name, .carried = std::move(outcome)});
  });
}

/// From any thread.
void Outbox::Parts::land(Landing landing) {
  const auto shared = std::make_shared<Landing>(std::move(landing));
  state.submit([self = shared_from_this(), shared]() -> Result<void> { return self->stopped ? Result<void>{} : self->settle(*shared); },
               [self = shared_from_this(), shared](Result<void> result) { self->landed(std::move(*shared), std::move(result)); });
}

void Outbox::Parts::landed(Landing landing, Result<void> result) {
  if (stopped) return;
  Channel& channel = channels[landing.channel];
  if (result) {
    channel.busy.erase(landing.id);
    if (landing.carried) --channel.in_the_air;
    return pass(landing.channel);
  }
  log::warning("delivery/outbox", "an outcome could not be settled yet", {{"parcel", landing.id}, {"error", result.error().message}});
  const Duration delay = landing.retry;
  landing.retry = std::min(retry_max, delay * 2);
  state.executor().post_after(delay, [self = shared_from_this(), landing = std::move(landing)]() mutable {
    if (!self->stopped) self->land(std::move(landing));
  });
}

Result<void> Outbox::Parts::settle(const Landing& landing) {
  auto stored = store.unsettled(landing.id);
  if (!stored) return {};
  if (landing.carried) return settle_carried(*stored, *landing.carried);
  return finish(*stored, landing.without_carrying, stored->attempts, {});
}

Result<void> Outbox::Parts::settle_carried(StoredParcel& stored, const CarryOutcome& outcome) {
  const int attempts = stored.attempts + 1;
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
                 {{"parcel", stored.parcel.id}, {"owner", stored.parcel.owner}, {"channel", stored.parcel.channel}, {"tries", std::to_string(attempts)}, {"error", last.error}});
  const auto owner = owners.find(stored.parcel.owner);
  if (owner == owners.end() || !owner->second.on_settled) return {};
  return owner->second.on_settled({stored.parcel, outcome, attempts, last});
}

void Outbox::Parts::arm(const std::string& name, Instant due) {
  Channel& channel = channels[name];
  if (channel.wake != 0 && channel.wake_due <= due) return;
  state.cancel(channel.wake);
  channel.wake_due = due;
  channel.wake = state.executor().post_at(due, [self = weak_from_this(), name] {
    if (const auto parts = self.lock()) {
      parts->channels[name].wake = 0;
      parts->pass(name);
    }
  });
}

Outbox::Outbox(storage::StateExecutor& state, Random& random) : parts_(std::make_shared<Parts>(state, random)) {}

/// Touches the executor no more: it may be gone already.
Outbox::~Outbox() { parts_->stopped = true; }

Result<void> Outbox::migrate() { return parts_->store.migrate(); }

void Outbox::add_carrier(std::string channel, Carrier& carrier) {
  parts_->channels[channel].carrier = &carrier;
  parts_->pass(channel);
}

void Outbox::handle(std::string owner, OnSettled on_settled, OnAttempt on_attempt) {
  parts_->owners[std::move(owner)] = {std::move(on_settled), std::move(on_attempt)};
}

void Outbox::start() {
  parts_->started = true;
  const auto waiting = std::make_shared<std::vector<std::string>>();
  parts_->state.submit(
      [parts = parts_, waiting]() -> Result<void> {
        *waiting = parts->store.channels_with_parcels();
        return {};
      },
      [parts = parts_, waiting](Result<void> result) {
        if (!result) log::error("delivery/outbox", "what waits could not be read at start", {{"error", result.error().message}});
        for (const std::string& name : *waiting) parts->pass(name);
      });
}

std::string Outbox::enqueue(Parcel parcel) {
  const bool named = !parcel.id.empty();
  if (!named) parcel.id = make_uuid_v7(parts_->random, parts_->state.now());
  if (parts_->store.insert(parcel, named, parts_->state.now()))
    parts_->state.after_commit([parts = parts_, channel = parcel.channel] { parts->pass(channel); });
  return parcel.id;
}

void Outbox::cancel(const std::string& parcel_id) {
  if (const auto channel = parts_->store.cancel(parcel_id))
    parts_->state.after_commit([parts = parts_, channel = *channel] { parts->pass(channel); });
}

Outbox::Depth Outbox::depth(const std::string& channel) { return parts_->store.depth(channel); }

std::vector<Outbox::Attempt> Outbox::attempts(const std::string& parcel_id) { return parts_->store.attempts(parcel_id); }

}  // namespace tocsin::delivery
