#include "detect/alarms/live_alarms.h"

#include <algorithm>
#include <functional>
#include <utility>

namespace tocsin::detect {

std::size_t LiveAlarms::KeyHash::operator()(const Key& key) const {
  const std::hash<std::string_view> hash;
  return hash(key.name) ^ (hash(key.account) * 31) ^ (hash(key.region) * 1009);
}

std::shared_ptr<const Scope> LiveAlarms::interned(const Scope& scope) {
  std::shared_ptr<const Scope>& known = scopes_[scope.account + '/' + scope.region];
  if (!known) known = std::make_shared<const Scope>(scope);
  return known;
}

void LiveAlarms::read_into(LiveAlarm& alarm, const AlarmRecord& record) {
  if (!alarm.terms || alarm.revision != record.revision) {
    auto terms = parse_terms(record.definition);
    alarm.terms = terms ? std::make_unique<const AlarmTerms>(std::move(*terms)) : nullptr;
    const Document* warm_up = find(record.definition, "WarmUpConfiguration");
    alarm.warms_fully = warm_up && truth_or(*warm_up, "OnlyStartEvaluatingAfterWarmUpPeriodEnds", false);
  }
  alarm.revision = record.revision;
  alarm.state = record.state;
  alarm.evaluation_state = record.evaluation_state;
  alarm.configured = record.configured;
  alarm.warm_until = record.warm_until;
  alarm.stale = false;
}

void LiveAlarms::take_up(const AlarmRecord& record) {
  if (record.cadence_s == 0) return;
  auto alarm = std::make_unique<LiveAlarm>();
  alarm->scope = interned(record.scope);
  alarm->name = record.name;
  alarm->cadence_s = record.cadence_s;
  read_into(*alarm, record);
  by_cadence_[record.cadence_s].push_back(alarm.get());
  all_.insert(std::move(alarm));
}

void LiveAlarms::load() {
  by_cadence_.clear();
  all_.clear();
  put_.clear();
  gone_.clear();
  store_.each_evaluated([this](const AlarmRecord& record) { take_up(record); });
}

void LiveAlarms::touched(const Scope& scope, const std::string& name) {
  const auto known = all_.find(Key{scope.account, scope.region, name});
  if (known != all_.end())
    (*known)->stale = true;
  else
    put_.try_emplace(scope.account + '/' + scope.region + '/' + name, scope, name);
}

void LiveAlarms::drop_gone() {
  if (gone_.empty()) return;
  for (auto& [cadence, round] : by_cadence_) std::erase_if(round, [](const LiveAlarm* alarm) { return alarm->gone; });
  for (const LiveAlarm* alarm : std::exchange(gone_, {})) {
    put_.try_emplace(alarm->scope->account + '/' + alarm->scope->region + '/' + alarm->name, *alarm->scope, alarm->name);
    all_.erase(all_.find(key_of(*alarm)));
  }
}

void LiveAlarms::refresh() {
  drop_gone();
  for (const auto& [text, key] : std::exchange(put_, {}))
    if (!all_.contains(Key{key.first.account, key.first.region, key.second}))
      if (const auto record = store_.find(key.first, key.second)) take_up(*record);
}

bool LiveAlarms::ensure_fresh(LiveAlarm& alarm) {
  if (alarm.gone) return false;
  if (!alarm.stale) return true;
  const auto record = store_.find(*alarm.scope, alarm.name);
  if (record && record->cadence_s == alarm.cadence_s) return read_into(alarm, *record), true;
  alarm.gone = true;
  gone_.push_back(&alarm);
  return false;
}

}  // namespace tocsin::detect
