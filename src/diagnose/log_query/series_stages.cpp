// Stages that are computed along the rows in their order.
#include <algorithm>
#include <cmath>
#include <deque>
#include <set>

#include "diagnose/log_query/stage.h"

namespace tocsin::diagnose {
namespace {

class AccumulateStage final : public StageOf<AccumulateStage> {
 public:
  explicit AccumulateStage(const AccumulateCommand& command) : command_(command) {}
  bool push(Record& record) override {
    if (const auto number = number_of(context->field(record, command_.source))) record.set(command_.into, sum_ += *number);
    return next->push(record);
  }

 private:
  const AccumulateCommand& command_;
  double sum_ = 0;
};

class AutoregressStage final : public StageOf<AutoregressStage> {
 public:
  explicit AutoregressStage(const AutoregressCommand& command) : command_(command) {}
  bool push(Record& record) override {
    for (const auto& [lag, slot] : command_.lags) record.set(slot, lag <= before_.size() ? before_[lag - 1] : Value());
    before_.push_front(context->field(record, command_.source));
    if (before_.size() > command_.lags.back().first) before_.pop_back();
    return next->push(record);
  }

 private:
  const AutoregressCommand& command_;
  std::deque<Value> before_;  ///< the latest first
};

class TrendlineStage final : public StageOf<TrendlineStage> {
 public:
  explicit TrendlineStage(const TrendlineCommand& command) : command_(command) {}
  bool push(Record& record) override {
    const auto number = number_of(context->field(record, command_.source));
    if (number) {
      last_.push_back(*number);
      if (last_.size() > command_.rows) last_.pop_front();
    }
    record.set(command_.into, number && last_.size() == command_.rows ? Value(mean()) : Value());
    return next->push(record);
  }

 private:
  double mean() const {
    double sum = 0, weights = 0;
    for (std::size_t i = 0; i < last_.size(); ++i) {
      const double weight = command_.weighted ? static_cast<double>(i + 1) : 1;
      sum += weight * last_[i];
      weights += weight;
    }
    return sum / weights;
  }

  const TrendlineCommand& command_;
  std::deque<double> last_;
};

class FillDownStage final : public StageOf<FillDownStage> {
 public:
  explicit FillDownStage(const FillDownCommand& command) : command_(command), last_(command.slots.size()) {}
  bool push(Record& record) override {
    for (std::size_t i = 0; i < command_.slots.size(); ++i) {
      const Value& value = context->field(record, command_.slots[i]);
      if (!is_null(value))
        last_[i] = value;
      else if (!is_null(last_[i]))
        record.set(command_.slots[i], last_[i]);
    }
    return next->push(record);
  }

 private:
  const FillDownCommand& command_;
  std::vector<Value> last_;
};

/// Bins from the first to the last that has rows, for each combination of the other columns that stats grouped by.
class FillMissingStage final : public StageOf<FillMissingStage> {
 public:
  FillMissingStage(const FillMissingCommand& command, std::vector<FieldSlot> others, std::int64_t offset_ms)
      : command_(command), others_(std::move(others)), offset_ms_(offset_ms) {}
  bool push(Record& record) override { return held_.hold(record, *context); }

  void finish() override {
    std::int64_t first = INT64_MAX, last = INT64_MIN;
    std::map<std::string, Series> series;
    for (Record& record : held_.rows) {
      Series& one = series[identity(record)];
      if (one.values.empty())
        for (const FieldSlot slot : others_) one.values.push_back(context->field(record, slot));
      const auto* moment = std::get_if<Moment>(&context->field(record, command_.bin));
      if (!moment) continue;
      one.there.insert(moment->ms);
      first = std::min(first, moment->ms);
      last = std::max(last, moment->ms);
    }
    constexpr std::size_t rows_max = 100'000;
    for (std::int64_t bin = first; bin <= last && held_.rows.size() < rows_max; bin = next_bin(bin))
      for (const auto& [key, one] : series)
        if (!one.there.contains(bin)) add(bin, one);
    std::vector<double> keys;
    for (Record& record : held_.rows) keys.push_back(static_cast<double>(bin_of(record)));
    held_.order_by(keys);
    held_.pass_on(*this);
  }

 private:
  struct Series {
    std::vector<Value> values;
    std::set<std::int64_t> there;
  };

  std::string identity(Record& record) const {
    std::string key;
    for (const FieldSlot slot : others_) {
      const Value& value = context->field(record, slot);
      ((key += is_null(value) ? '0' : '1') += key_text_of(value)) += '\x1f';
    }
    return key;
  }

  std::int64_t bin_of(Record& record) const {
    const auto* moment = std::get_if<Moment>(&context->field(record, command_.bin));
    return moment ? moment->ms : INT64_MIN;
  }
  std::int64_t next_bin(std::int64_t bin) const { return next_period(bin - offset_ms_, command_.period) + offset_ms_; }

  void add(std::int64_t bin, const Series& series) {
    Record row(context->around.sources.names.size());
    row.begin_table();
    row.set(command_.bin, Moment{bin});
    for (std::size_t i = 0; i < others_.size(); ++i) row.set(others_[i], series.values[i]);
    for (const auto& [slot, value] : command_.values) row.set(slot, value);
    held_.hold(row, *context);
  }

  const FillMissingCommand& command_;
  std::vector<FieldSlot> others_;
  std::int64_t offset_ms_;
  HeldRows held_;
};

/// Between the values on both sides of the rank.
double quartile(const std::vector<double>& sorted, double fraction) {
  const double rank = fraction * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (sorted[above] - sorted[below]) * (rank - static_cast<double>(below));
}

class OutlierStage final : public StageOf<OutlierStage> {
 public:
  explicit OutlierStage(const OutlierCommand& command) : command_(command) {}
  bool push(Record& record) override { return held_.hold(record, *context); }

  void finish() override {
    std::vector<bool> removed(held_.rows.size());
    for (const auto& [slot, mark] : command_.slots) judge(slot, mark, removed);
    for (std::size_t i = 0; i < held_.rows.size(); ++i)
      if (!removed[i] && !next->push(held_.rows[i])) break;
    held_.release(*context);
  }

 private:
  void judge(FieldSlot slot, FieldSlot mark, std::vector<bool>& removed) {
    std::vector<double> numbers;
    for (Record& record : held_.rows)
      if (const auto number = number_of(context->field(record, slot))) numbers.push_back(*number);
    if (numbers.empty()) return;
    std::sort(numbers.begin(), numbers.end());
    const double low = quartile(numbers, 0.25), high = quartile(numbers, 0.75), reach = command_.multiplier * (high - low);
    for (std::size_t i = 0; i < held_.rows.size(); ++i) {
      const auto number = number_of(context->field(held_.rows[i], slot));
      const bool above = number && *number > high + reach, below = number && command_.lower && *number < low - reach;
      if (mark != no_slot) held_.rows[i].set(mark, truth_value(above || below));
      if (!above && !below) continue;
      if (command_.remove)
        removed[i] = true;
      else
        held_.rows[i].set(slot, above ? high + reach : low - reach);
    }
  }

  const OutlierCommand& command_;
  HeldRows held_;
};

/// A session's name is its identity and its number among the identity's, by time.
class SessionizeStage final : public StageOf<SessionizeStage> {
 public:
  explicit SessionizeStage(const SessionizeCommand& command) : command_(command) {}
  bool push(Record& record) override { return held_.hold(record, *context); }

  void finish() override {
    struct Session {
      std::int64_t last_ms = 0;
      std::size_t number = 0;
    };
    std::vector<std::size_t> order(held_.rows.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return time_of(a) < time_of(b); });
    std::unordered_map<std::string, Session> sessions;
    for (const std::size_t at : order) {
      std::string identity;
      for (const FieldSlot slot : command_.slots) (identity += text_of(context->field(held_.rows[at], slot))) += '_';
      Session& session = sessions[identity];
      const std::int64_t time_ms = time_of(at);
      if (session.number == 0 || time_ms - session.last_ms > command_.gap_ms) ++session.number;
      session.last_ms = time_ms;
      held_.rows[at].set(command_.into, identity + std::to_string(session.number));
    }
    held_.pass_on(*this);
  }

 private:
  std::int64_t time_of(std::size_t row) const { return held_.rows[row].time_ms(); }

  const SessionizeCommand& command_;
  HeldRows held_;
};

std::unique_ptr<Stage> fill_missing(const FillMissingCommand& command, const QueryPlan& plan) {
  std::vector<FieldSlot> others;
  std::int64_t offset_ms = 0;
  for (const Command& each : plan.commands) {
    const auto* stats = std::get_if<StatsCommand>(&each);
    if (!stats || !stats->bin || stats->by[*stats->bin].slot != command.bin) continue;
    others.clear();
    offset_ms = stats->offset_ms;
    for (const Column& column : stats->by)
      if (column.slot != command.bin) others.push_back(column.slot);
  }
  return std::make_unique<FillMissingStage>(command, std::move(others), offset_ms);
}

}  // namespace

void HeldRows::order_by(const std::vector<double>& keys) {
  std::vector<std::size_t> order(rows.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return keys[a] < keys[b]; });
  std::vector<Record> ordered;
  ordered.reserve(rows.size());
  for (const std::size_t at : order) ordered.push_back(std::move(rows[at]));
  rows = std::move(ordered);
}

std::unique_ptr<Stage> make_series_stage(const Command& command, const QueryPlan& plan) {
  if (const auto* accumulate = std::get_if<AccumulateCommand>(&command)) return std::make_unique<AccumulateStage>(*accumulate);
  if (const auto* lags = std::get_if<AutoregressCommand>(&command)) return std::make_unique<AutoregressStage>(*lags);
  if (const auto* line = std::get_if<TrendlineCommand>(&command)) return std::make_unique<TrendlineStage>(*line);
  if (const auto* down = std::get_if<FillDownCommand>(&command)) return std::make_unique<FillDownStage>(*down);
  if (const auto* missing = std::get_if<FillMissingCommand>(&command)) return fill_missing(*missing, plan);
  if (const auto* outlier = std::get_if<OutlierCommand>(&command)) return std::make_unique<OutlierStage>(*outlier);
  if (const auto* sessions = std::get_if<SessionizeCommand>(&command)) return std::make_unique<SessionizeStage>(*sessions);
  return nullptr;
}

}  // namespace tocsin::diagnose
