#include "telemetry/logs/pattern_counts/pattern_tally.h"

#include <algorithm>

#include "telemetry/log_patterns/pattern_text.h"

namespace tocsin::telemetry {
namespace {

constexpr std::int64_t hour_ms = 60 * minute_ms;
constexpr std::int64_t hours_kept = 15 * 24;
constexpr std::size_t pairs_max = 200'000;
constexpr std::size_t line_bytes_max = 4096, sample_bytes_max = 1024;

std::int64_t floor_div(std::int64_t value, std::int64_t by) { return value / by - (value % by < 0 ? 1 : 0); }

}  // namespace

Result<void> PatternTally::open() {
  if (auto done = tables_.migrate(); !done) return done;
  for (CountedGroup& group : tables_.groups()) groups_[group.id] = std::move(group);
  for (const StoredShape& each : tables_.shapes()) {
    Mine& mine = mines_[each.scope];
    const ShapeId shape = mine.miner.add(each.line, 0);
    if (mine.stored.size() <= shape) mine.stored.resize(shape + 1, each.shape);
    mine.of_stored[each.shape] = shape;
    mine.next_stored = std::max(mine.next_stored, each.shape + 1);
  }
  for (StoredSeen& each : tables_.seen()) {
    const auto group = groups_.find(each.group);
    if (group == groups_.end()) continue;
    Mine& mine = mines_[group->second.scope];
    const auto shape = mine.of_stored.find(each.shape);
    if (shape == mine.of_stored.end()) continue;
    Seen& seen = seen_[each.group][shape->second];
    seen.first_ms = std::min(seen.first_ms, each.first_ms);
    seen.last_ms = std::max(seen.last_ms, each.last_ms);
    seen.total += each.total;
    if (seen.sample.empty()) {
      seen.sample = std::move(each.sample);
      seen.sample_ms = each.sample_ms;
    }
    seen.written_once = true;
    ++pairs_;
  }
  return {};
}

void PatternTally::add(const LogGroup& group, const std::vector<Line>& lines) {
  if (lines.empty()) return;
  Mine& mine = mines_[group.scope];
  SeenShapes& seen = seen_[group.id];
  CountedGroup& counted = groups_[group.id];
  if (counted.id == 0) counted = {.id = group.id, .scope = group.scope, .name = group.name};
  for (const Line& line : lines) {
    const std::size_t known = mine.miner.shapes();
    const ShapeId shape = mine.miner.add(line.text);
    if (mine.miner.shapes() > known) learn(mine, group.scope, shape, line.text);
    count(seen, shape, line);
    counted.sequence = std::max(counted.sequence, line.sequence);
  }
  lines_ += lines.size();
}

void PatternTally::learn(Mine& mine, const Scope& scope, ShapeId shape, std::string_view line) {
  const std::int64_t stored = mine.next_stored++;
  mine.stored.resize(mine.miner.shapes(), stored);
  mine.of_stored[stored] = shape;
  new_shapes_.push_back({scope, stored, std::string(line.substr(0, line_bytes_max))});
}

void PatternTally::count(SeenShapes& seen, ShapeId shape, const Line& line) {
  auto found = seen.find(shape);
  if (found == seen.end()) {
    if (pairs_ >= pairs_max) return;
    ++pairs_;
    found = seen.emplace(shape, Seen{}).first;
    found->second.sample = line.text.substr(0, sample_bytes_max);
    found->second.sample_ms = line.time_ms;
  }
  Seen& each = found->second;
  each.first_ms = std::min(each.first_ms, line.time_ms);
  each.last_ms = std::max(each.last_ms, line.time_ms);
  ++each.total;
  const std::int64_t minute = floor_div(line.time_ms, minute_ms), hour = floor_div(minute, 60);
  ++each.unwritten[hour][static_cast<std::size_t>(minute - hour * 60)];
}

void PatternTally::hold(LogGroupId group) { ++held_[group]; }

void PatternTally::release(LogGroupId group) {
  const auto found = held_.find(group);
  if (found != held_.end() && --found->second <= 0) held_.erase(found);
}

void PatternTally::forget(LogGroupId group) {
  const auto found = seen_.find(group);
  if (found != seen_.end()) {
    pairs_ -= std::min(pairs_, found->second.size());
    seen_.erase(found);
  }
  groups_.erase(group);
  held_.erase(group);
  forgotten_.push_back(group);
}

void PatternTally::write(LogGroupId group, Mine& mine, SeenShapes& seen) {
  for (auto& [shape, each] : seen) {
    if (each.unwritten.empty()) continue;
    const std::int64_t stored = mine.stored[shape];
    tables_.put(StoredSeen{group, stored, each.first_ms, each.last_ms, each.total, each.sample, each.sample_ms});
    for (const auto& [hour, counts] : each.unwritten) tables_.add_hour(group, hour, stored, counts);
  }
}

Result<void> PatternTally::flush(std::int64_t now_ms) {
  const std::int64_t hour = floor_div(now_ms, hour_ms);
  std::vector<LogGroupId> written;
  for (const auto& [id, seen] : seen_)
    if (!held_.contains(id) && std::any_of(seen.begin(), seen.end(), [](const auto& each) { return !each.second.unwritten.empty(); }))
      written.push_back(id);
  const bool trims = hour != trimmed_hour_;
  if (written.empty() && new_shapes_.empty() && forgotten_.empty() && !trims) return {};
  auto done = tables_.in_transaction([&] {
    for (const LogGroupId id : forgotten_) tables_.remove_group(id);
    for (const StoredShape& shape : new_shapes_) tables_.put(shape);
    for (const LogGroupId id : written) {
      CountedGroup& group = groups_[id];
      group.counted_ms = now_ms;
      write(id, mines_[group.scope], seen_[id]);
      tables_.put(group);
    }
    if (trims)
      for (const auto& [id, group] : groups_) tables_.remove_hours_before(id, hour - hours_kept);
  });
  if (!done) return done;
  forgotten_.clear();
  new_shapes_.clear();
  trimmed_hour_ = hour;
  for (const LogGroupId id : written)
    for (auto& [shape, each] : seen_[id]) each.unwritten.clear();
  return {};
}

std::vector<CountedPattern> PatternTally::answer(const PatternQuestion& question) {
  const std::int64_t from_hour = floor_div(question.from_ms, hour_ms), to_hour = floor_div(question.to_ms, hour_ms);
  std::vector<CountedPattern> all;
  for (const LogGroupId id : question.groups) {
    const auto group = groups_.find(id);
    const auto seen = seen_.find(id);
    if (group == groups_.end() || seen == seen_.end()) continue;
    Mine& mine = mines_[group->second.scope];
    std::map<TemplateId, CountedPattern> patterns;
    for (const auto& [shape, each] : seen->second) {
      CountedPattern& pattern = patterns[mine.miner.template_of(shape)];
      if (pattern.total == 0) {
        const TemplateText text = mine.miner.text_of(shape);
        const PatternText readable = pattern_text(text);
        pattern = {.group = id,
                   .id = mine.miner.template_of(shape),
                   .pattern = readable.pattern,
                   .regex = readable.regex,
                   .severity = std::string(severity_of(readable.pattern)),
                   .sample = each.sample,
                   .sample_ms = each.sample_ms,
                   .first_ms = each.first_ms,
                   .last_ms = each.last_ms,
                   .total = 0,
                   .by_minute = {}};
      }
      pattern.first_ms = std::min(pattern.first_ms, each.first_ms);
      pattern.last_ms = std::max(pattern.last_ms, each.last_ms);
      pattern.total += each.total;
    }
    const auto add = [&](std::int64_t hour, ShapeId shape, const HourCounts& counts) {
      const auto pattern = patterns.find(mine.miner.template_of(shape));
      if (pattern == patterns.end()) return;
      for (std::size_t i = 0; i < counts.size(); ++i) {
        const std::int64_t at = (hour * 60 + static_cast<std::int64_t>(i)) * minute_ms;
        if (counts[i] > 0 && at + minute_ms > question.from_ms && at <= question.to_ms) pattern->second.by_minute[at] += counts[i];
      }
    };
    tables_.each_hour(id, from_hour, to_hour, [&](std::int64_t hour, std::int64_t stored, const HourCounts& counts) {
      if (const auto shape = mine.of_stored.find(stored); shape != mine.of_stored.end()) add(hour, shape->second, counts);
    });
    for (const auto& [shape, each] : seen->second)
      for (auto at = each.unwritten.lower_bound(from_hour); at != each.unwritten.end() && at->first <= to_hour; ++at)
        add(at->first, shape, at->second);
    for (auto& [template_id, pattern] : patterns) all.push_back(std::move(pattern));
  }
  std::vector<std::pair<std::uint64_t, std::size_t>> ranked;
  for (std::size_t i = 0; i < all.size(); ++i) ranked.emplace_back(all[i].count(question.from_ms - minute_ms, INT64_MAX), i);
  std::stable_sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
  std::vector<CountedPattern> ordered;
  ordered.reserve(all.size());
  for (const auto& [count, i] : ranked) ordered.push_back(std::move(all[i]));
  return ordered;
}

}  // namespace tocsin::telemetry
