#include "delivery/outbox.h"

#include <atomic>
#include <map>
#include <mutex>
#include <set>

#include "base/ids.h"
#include "base/log.h"
#include "delivery/lanes.h"
#include "delivery/parcel_store.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t settled_per_pass_max = 64;
constexpr std::size_t read_per_pass_max = 1024;
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
  Lanes lanes;
  bool backlog = true;  ///< more may be due in the store than is in memory
  bool passing = false;
  bool pass_again = false;
  TimerId wake = 0;
  Instant wake_due{};
};

/// What a pass over a channel found to do, done after its unit.
struct Pass {
  std::vector<SharedParcel> to_carry;
  std::vector<std::pair<std::string, Settled>> to_settle;
  std::optional<Instant> next;
  bool more = false;   ///< more may be due than was looked at
  bool moved = false;  ///< it was not in vain
};

/// How a parcel came down: carried with an outcome, or ended without being carried.
struct Landing {
  std::string id;
  std::string channel;
  SharedParcel flown;  ///< null of one that was not carried
  CarryOutcome outcome;
  Settled without_carrying = Settled::cancelled;
  Duration retry = retry_first;
};
using Landings = std::vector<Landing>;

}  // namespace

struct Outbox::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Random& random) : state(state), random(random), store(state.database()) {}

  void pass(const std::string& name);
  Result<void> look(const std::string& name, Pass& found);
  void look_for_due(Channel& channel, const std::string& name, const std::set<std::string>& ending, Pass& found);
  void passed(const std::string& name, Result<void> result, Pass& found);
  void enqueued(const StoredParcel& stored);
  void launch(const std::string& name);
  void carry(Channel& channel, SharedParcel stored);
  void land(Landing landing);
  void land_all();
  void landed(Landing landing, const Result<void>& result);
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
  std::mutex came_down_mutex;
  Landings came_down;  ///< under the mutex: they come from the carriers' threads
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
  Channel& channel = channels[name];
  const Instant now = state.now();
  std::set<std::string> ending;
  for (std::string& id : store.expired(name, now, channel.lanes.size() + settled_per_pass_max)) {
    ending.insert(id);
    found.to_settle.emplace_back(std::move(id), Settled::expired);
  }
  for (const std::string& lane : channel.lanes.held_with_room())
    if (store.promote_lane(name, lane, now, Lanes::lane_waiting_max / 2) == 0) channel.lanes.release(lane);
  look_for_due(channel, name, ending, found);
  found.next = store.next_moment(name, now);
  if (now - purged >= purge_interval) {
    purged = now;
    store.purge(now);
  }
  return {};
}

void Outbox::Parts::look_for_due(Channel& channel, const std::string& name, const std::set<std::string>& ending, Pass& found) {
  const std::size_t count_max = channel.lanes.size() + ending.size() + read_per_pass_max;
  const auto due = store.due(name, state.now(), count_max);
  found.more = due.size() >= count_max;
  std::map<std::string, std::size_t> taken;
  for (const ParcelStore::Due& each : due) {
    if (channel.lanes.knows(each.id) || ending.contains(each.id)) continue;
    if (each.cancelled) {
      found.to_settle.emplace_back(each.id, Settled::cancelled);
    } else if (!channel.carrier || found.to_carry.size() >= read_per_pass_max || !channel.lanes.has_room()) {
      found.more = true;
    } else if (!each.lane.empty() && (!channel.lanes.has_room(each.lane) || taken[each.lane] >= Lanes::lane_waiting_max)) {
      store.hold(each.sequence);
      channel.lanes.hold(each.lane);
      found.moved = true;
    } else if (auto stored = store.unsettled(each.id)) {
      ++taken[each.lane];
      found.moved = true;
      found.to_carry.push_back(std::make_shared<StoredParcel>(std::move(*stored)));
    }
  }
}

void Outbox::Parts::passed(const std::string& name, Result<void> result, Pass& found) {
  Channel& channel = channels[name];
  channel.passing = false;
  if (stopped) return;
  if (!result) return arm(name, state.now() + retry_first);
  channel.backlog = found.more;
  if (found.next) arm(name, *found.next);
  const bool full = found.to_settle.size() >= settled_per_pass_max;
  for (auto& [id, outcome] : found.to_settle) {
    // one that waits ends too; one that flies has its outcome still to come
    channel.lanes.withdraw(id);
    if (channel.lanes.adopt(id)) land({.id = id, .channel = name, .flown = nullptr, .outcome = {}, .without_carrying = outcome});
  }
  for (SharedParcel& stored : found.to_carry) channel.lanes.add(std::move(stored));
  launch(name);
  if (channel.pass_again || full || (found.more && found.moved && channel.lanes.has_room())) pass(name);
}

/// After the commit: what is due now goes at once, without being read again.
void Outbox::Parts::enqueued(const StoredParcel& stored) {
  if (!started || stopped) return;
  const std::string& name = stored.parcel.channel;
  Channel& channel = channels[name];
  arm(name, stored.expires);
  if (stored.held) return;
  if (stored.parcel.not_before > state.now()) return arm(name, stored.parcel.not_before);
  if (!channel.carrier || channel.backlog || !channel.lanes.has_room() || !channel.lanes.has_room(stored.parcel.lane)) {
    channel.backlog = true;
    return pass(name);
  }
  channel.lanes.add(std::make_shared<StoredParcel>(stored));
  launch(name);
  // what settled long ago is forgotten on the way
  if (state.now() - purged >= purge_interval) pass(name);
}

void Outbox::Parts::launch(const std::string& name) {
  Channel& channel = channels[name];
  while (!stopped && channel.carrier) {
    SharedParcel next = channel.lanes.take();
    if (!next) return;
    carry(channel, std::move(next));
  }
}

void Outbox::Parts::carry(Channel& channel, SharedParcel stored) {
  const StoredParcel& flying = *stored;
  channel.carrier->carry(
      flying.parcel.id, flying.parcel.content, [self = shared_from_this(), stored = std::move(stored)](CarryOutcome outcome) {
        if (self->stopped) return;
        self->land({.id = stored->parcel.id, .channel = stored->parcel.channel, .flown = stored, .outcome = std::move(outcome)});
      });
}

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
        // each stands or falls alone
        for (const Landing& landing : *landings) results->push_back(self->state.atomically([&] { return self->settle(landing); }));
        return {};
      },
      [self = shared_from_this(), landings, results](Result<void> result) {
        // what was not even looked at is looked at again
        if (!result && landings->empty() && !self->stopped)
          self->state.executor().post_after(retry_first, [self] {
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

Result<void> Outbox::Parts::settle(const Landing& landing) {
  if (!landing.flown) {
    auto stored = store.unsettled(landing.id);
    return stored ? finish(*stored, landing.without_carrying, stored->attempts, {}) : Result<void>();
  }
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

void Outbox::add_carrier(std::string channel, Carrier& carrier, AirLimits limits) {
  parts_->channels[channel].carrier = &carrier;
  parts_->channels[channel].lanes.set_limits(limits.in_all, limits.per_lane);
  parts_->pass(channel);
}

bool Outbox::carries(const std::string& channel) const {
  const auto found = parts_->channels.find(channel);
  return found != parts_->channels.end() && found->second.carrier;
}

void Outbox::handle(std::string owner, OnSettled on_settled, OnAttempt on_attempt) {
  parts_->owners[std::move(owner)] = {std::move(on_settled), std::move(on_attempt)};
}

void Outbox::start() {
  parts_->started = true;
  const auto waiting = std::make_shared<std::vector<std::string>>();
  parts_->state.submit(
      [parts = parts_, waiting]() -> Result<void> {
        parts->store.promote_all_lanes();
        *waiting = parts->store.channels_with_parcels();
        return {};
      },
      [parts = parts_, waiting](Result<void> result) {
        if (!result) log::error("delivery/outbox", "what waits could not be read at start", {{"error", result.error().message}});
        for (auto& [name, channel] : parts->channels) channel.backlog = false;
        for (const std::string& name : *waiting) parts->pass(name);
      });
}

std::string Outbox::enqueue(Parcel parcel) {
  const bool named = !parcel.id.empty();
  if (!named) parcel.id = make_uuid_v7(parts_->random, parts_->state.now());
  std::string id = parcel.id;
  Lanes& lanes = parts_->channels[parcel.channel].lanes;
  const bool hold =
      parts_->started && !parcel.lane.empty() && parcel.order_key.empty() && (lanes.is_held(parcel.lane) || !lanes.has_room(parcel.lane));
  if (hold) lanes.hold(parcel.lane);
  if (auto stored = parts_->store.insert(std::move(parcel), named, parts_->state.now(), hold))
    parts_->state.after_commit([parts = parts_, stored = std::move(*stored)] { parts->enqueued(stored); });
  return id;
}

void Outbox::cancel(const std::string& parcel_id) {
  auto stored = parts_->store.cancel(parcel_id);
  if (!stored) return;
  parts_->state.after_commit([parts = parts_, stored = std::move(*stored)] {
    parts->channels[stored.parcel.channel].lanes.withdraw(stored.parcel.id);
    parts->pass(stored.parcel.channel);
  });
}

Outbox::Depth Outbox::depth(const std::string& channel) { return parts_->store.depth(channel); }

std::vector<Outbox::Attempt> Outbox::attempts(const std::string& parcel_id) { return parts_->store.attempts(parcel_id); }

}  // namespace tocsin::delivery
