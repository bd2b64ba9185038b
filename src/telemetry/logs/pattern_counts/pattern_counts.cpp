#include "telemetry/logs/pattern_counts/pattern_counts.h"

#include <algorithm>

#include "base/log.h"

namespace tocsin::telemetry {
namespace {

constexpr std::string_view part = "telemetry/logs/pattern_counts";
constexpr std::int64_t day_ms = 86'400'000;
constexpr Duration again_after = std::chrono::seconds(1);

}  // namespace

/// Lines that own their bytes.
struct PatternCounts::Lines {
  struct Each {
    std::int64_t time_ms;
    std::uint64_t sequence;
    std::size_t begin, size;
  };
  std::string bytes;
  std::vector<Each> lines;

  void add(std::int64_t time_ms, std::uint64_t sequence, std::string_view text) {
    lines.push_back({time_ms, sequence, bytes.size(), text.size()});
    bytes += text;
  }
  std::vector<PatternTally::Line> views() const {
    std::vector<PatternTally::Line> all;
    all.reserve(lines.size());
    for (const Each& each : lines) all.push_back({each.time_ms, each.sequence, std::string_view(bytes).substr(each.begin, each.size)});
    return all;
  }
};

/// A reading of the store for what was not counted.
struct PatternCounts::CatchUp {
  LogGroup group;
  std::uint64_t from_sequence = 0;
  std::unique_ptr<LogScan> scan;
  std::function<std::string(std::string_view, std::int64_t)> mask;
};

PatternCounts::PatternCounts(Executor& home, std::unique_ptr<Executor> own, storage::Database& database, LogStore& store,
                             PatternCountOptions options)
    : home_(home), store_(store), options_(options), tally_(database), own_(std::move(own)) {}

PatternCounts::~PatternCounts() { own_->halt(); }

void PatternCounts::start(const std::vector<LogGroup>& groups) {
  const std::map<LogGroupId, CountedGroup> counted_groups = tally_.groups();
  for (const auto& [id, counted] : counted_groups)
    if (std::none_of(groups.begin(), groups.end(), [id = id](const LogGroup& group) { return group.id == id; })) forget(id);
  for (const LogGroup& group : groups) {
    const auto known = counted_groups.find(group.id);
    const bool counted = known != counted_groups.end();
    known_.insert(group.id);
    const std::int64_t now_ms = to_ms(home_.now());
    // events may bear the time of a day ago when they come
    behind_[group.id] = {counted ? known->second.sequence + 1 : 0, (counted ? known->second.counted_ms : now_ms) - day_ms};
    own_->post([this, id = group.id] { tally_.hold(id); });
    catch_up(group.id, behind_[group.id].sequence, behind_[group.id].time_ms);
  }
  flush_later();
  forget_deleted_later();
}

void PatternCounts::forget_deleted_later() {
  home_.post_after(std::chrono::minutes(1), [this, living = std::weak_ptr(alive_)] {
    if (living.expired()) return;
    std::vector<LogGroupId> deleted;
    for (const LogGroupId id : known_)
      if (!store_.group(id)) deleted.push_back(id);
    for (const LogGroupId id : deleted) forget(id);
    forget_deleted_later();
  });
}

void PatternCounts::flush_later() {
  own_->post_after(options_.flush_every, [this, living = std::weak_ptr(alive_)] {
    if (living.expired()) return;
    if (auto done = tally_.flush(to_ms(own_->now())); !done)
      log::error(part, "counts of patterns could not be written; they are tried again", {{"error", done.error().message}});
    flush_later();
  });
}

void PatternCounts::flush(std::move_only_function<void(Result<void>)> done) {
  own_->post([this, done = std::move(done)]() mutable { done(tally_.flush(to_ms(own_->now()))); });
}

void PatternCounts::arrived(const LogArrival& arrival, const std::vector<std::string_view>& texts) {
  if (arrival.events.empty()) return;
  known_.insert(arrival.group.id);
  if (const auto behind = behind_.find(arrival.group.id); behind != behind_.end()) {
    behind->second.sequence = std::min(behind->second.sequence, arrival.first_sequence);
    for (const LogEvent& event : arrival.events) behind->second.time_ms = std::min(behind->second.time_ms, event.time_ms);
    return;
  }
  auto lines = std::make_shared<Lines>();
  std::int64_t earliest_ms = INT64_MAX;
  for (std::size_t i = 0; i < arrival.events.size(); ++i) {
    earliest_ms = std::min(earliest_ms, arrival.events[i].time_ms);
    lines->add(arrival.events[i].time_ms, arrival.first_sequence + i, texts[i]);
  }
  if (*waiting_bytes_ > options_.waiting_bytes_max) return leave_behind(arrival.group, arrival.first_sequence, earliest_ms);
  hand_over(arrival.group, std::move(lines));
}

void PatternCounts::hand_over(const LogGroup& group, std::shared_ptr<Lines> lines) {
  *waiting_bytes_ += lines->bytes.size();
  own_->post([this, group, lines = std::move(lines), waiting = waiting_bytes_] {
    tally_.add(group, lines->views());
    *waiting -= lines->bytes.size();
  });
}

void PatternCounts::leave_behind(const LogGroup& group, std::uint64_t sequence, std::int64_t time_ms) {
  behind_[group.id] = {sequence, time_ms};
  own_->post([this, id = group.id] { tally_.hold(id); });
  home_.post_after(again_after, [this, id = group.id, living = std::weak_ptr(alive_)] {
    if (!living.expired()) caught_up(id);
  });
}

void PatternCounts::catch_up(LogGroupId id, std::uint64_t from_sequence, std::int64_t from_ms) {
  const LogGroup* group = store_.group(id);
  if (!group) return;
  // what comes from now on is for the next reading
  behind_[id] = {};
  auto reading = std::make_shared<CatchUp>();
  reading->group = *group;
  reading->from_sequence = from_sequence;
  reading->scan = store_.scan({.groups = {id}, .from_ms = from_ms, .any_order = true});
  if (masks_) reading->mask = masks_(*group);
  home_.post([this, reading = std::move(reading), living = std::weak_ptr(alive_)] {
    if (!living.expired()) read_on(reading);
  });
}

void PatternCounts::read_on(std::shared_ptr<CatchUp> reading) {
  if (!behind_.contains(reading->group.id)) return;  // deleted meanwhile
  if (*waiting_bytes_ > options_.waiting_bytes_max / 2) {
    home_.post_after(again_after, [this, reading, living = std::weak_ptr(alive_)] {
      if (!living.expired()) read_on(reading);
    });
    return;
  }
  std::vector<LogRowView> rows;
  const bool more = reading->scan->next_views(rows);
  auto lines = std::make_shared<Lines>();
  for (const LogRowView& row : rows) {
    if (row.position.sequence < reading->from_sequence) continue;
    if (reading->mask)
      lines->add(row.position.time_ms, row.position.sequence, reading->mask(row.message, row.ingested_ms));
    else
      lines->add(row.position.time_ms, row.position.sequence, row.message);
  }
  if (!lines->lines.empty()) hand_over(reading->group, std::move(lines));
  if (!more) return caught_up(reading->group.id);
  home_.post([this, reading = std::move(reading), living = std::weak_ptr(alive_)] {
    if (!living.expired()) read_on(reading);
  });
}

/// Reads again what came meanwhile; when nothing did, what arrives is counted at once again.
void PatternCounts::caught_up(LogGroupId id) {
  const auto behind = behind_.find(id);
  if (behind == behind_.end()) return;
  if (behind->second.sequence != UINT64_MAX) return catch_up(id, behind->second.sequence, behind->second.time_ms);
  behind_.erase(behind);
  own_->post([this, id] { tally_.release(id); });
}

void PatternCounts::forget(LogGroupId group) {
  behind_.erase(group);
  known_.erase(group);
  own_->post([this, group] { tally_.forget(group); });
}

void PatternCounts::ask(PatternQuestion question, Done done) {
  own_->post([this, question = std::move(question), done = std::move(done), living = std::weak_ptr(alive_)]() mutable {
    home_.post([answer = tally_.answer(question), done = std::move(done), living = std::move(living)]() mutable {
      if (!living.expired()) done(std::move(answer));
    });
  });
}

}  // namespace tocsin::telemetry
