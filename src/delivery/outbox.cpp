#include "delivery/outbox.h"

#include "base/ids.h"
#include "base/log.h"
#include "delivery/outbox_parts.h"

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t settled_per_pass_max = 64;
constexpr std::size_t read_per_pass_max = 1024;
constexpr Duration purge_interval = 10min;
constexpr Duration reread_interval = 10s;

}  // namespace

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

/// With a backlog, what is in memory already is not read again each time.
void Outbox::Parts::look_for_due(Channel& channel, const std::string& name, const std::set<std::string>& ending, Pass& found) {
  const Instant now = state.now();
  if (now - channel.reread >= reread_interval) channel.read_to = {};
  const bool from_the_beginning = channel.read_to.sequence == 0;
  if (from_the_beginning) channel.reread = now;
  found.read_to = channel.read_to;
  const std::size_t count_max = ending.size() + read_per_pass_max + (from_the_beginning ? channel.lanes.size() : 0);
  auto due = store.due(name, now, channel.read_to, count_max);
  // whatever comes before the others after its time
  found.more = due.size() >= count_max || !from_the_beginning;
  found.moved = !from_the_beginning && due.size() < count_max;
  if (!from_the_beginning)
    for (ParcelStore::Due& cancelled : store.due(name, Instant{}, {}, settled_per_pass_max)) due.insert(due.begin(), std::move(cancelled));
  std::map<std::string, std::size_t> taken;
  for (const ParcelStore::Due& each : due) {
    if (channel.lanes.knows(each.id) || ending.contains(each.id)) {
      // it is on its way
    } else if (each.cancelled) {
      found.to_settle.emplace_back(each.id, Settled::cancelled);
    } else if (!channel.carrier || found.to_carry.size() >= read_per_pass_max || !channel.lanes.has_room()) {
      found.more = true;
      return;
    } else if (!each.lane.empty() && (!channel.lanes.has_room(each.lane) || taken[each.lane] >= Lanes::lane_waiting_max)) {
      store.hold(each.sequence);
      channel.lanes.hold(each.lane);
      found.moved = true;
    } else if (auto stored = store.unsettled(each.id)) {
      ++taken[each.lane];
      found.moved = true;
      found.to_carry.push_back(std::make_shared<StoredParcel>(std::move(*stored)));
    }
    if (each.at != Instant{}) found.read_to = {each.at, each.sequence};
  }
  // to the end of it: what was put before it meanwhile is found from the beginning
  if (due.size() < count_max) found.read_to = {};
}

void Outbox::Parts::passed(const std::string& name, Result<void> result, Pass& found) {
  Channel& channel = channels[name];
  channel.passing = false;
  if (stopped) return;
  channel.read_to = result ? found.read_to : ParcelStore::Place{};
  if (!result) return arm(name, state.now() + outbox_retry_first);
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
