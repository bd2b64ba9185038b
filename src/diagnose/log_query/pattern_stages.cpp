// pattern, diff and anomaly: rows of events become rows of templates.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Pattern.html
#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "diagnose/log_query/stage.h"
#include "telemetry/log_patterns/pattern_text.h"

namespace tocsin::diagnose {
namespace {

using telemetry::ShapeId;
using telemetry::TemplateId;
constexpr std::size_t token_values_max = 10, samples_max = 5, lines_for_values_max = 1000, buckets = 50;

/// What was seen of one template.
struct Seen {
  ShapeId shape = 0;
  std::uint64_t count = 0, looked_at = 0;
  std::vector<std::map<std::string, std::uint64_t>> values;  ///< of each variable
  std::vector<std::pair<std::int64_t, std::string>> samples;
  std::vector<std::uint64_t> histogram = std::vector<std::uint64_t>(buckets);

  void add(const Seen& other) {
    count += other.count;
    if (values.size() < other.values.size()) values.resize(other.values.size());
    for (std::size_t i = 0; i < other.values.size(); ++i)
      for (const auto& [value, times] : other.values[i])
        if (values[i].size() < token_values_max || values[i].contains(value)) values[i][value] += times;
    for (const auto& sample : other.samples)
      if (samples.size() < samples_max) samples.push_back(sample);
    for (std::size_t i = 0; i < buckets; ++i) histogram[i] += other.histogram[i];
  }
};

void set(Record& row, const StageContext& context, std::string_view name, Value value) {
  const FieldSlot slot = context.around.sources.names.find(name);
  if (slot != no_slot) row.set(slot, std::move(value));
}

class PatternStage final : public StageOf<PatternStage> {
 public:
  explicit PatternStage(const PatternCommand& command) : command_(command) {}

  bool push(Record& record) override {
    std::string text;
    std::string_view line;
    if (command_.source.is_field("@message") && record.is_event() && !record.is_made(command_.source.slot)) {
      line = record.message();
    } else {
      const Value value = context->evaluate(command_.source, record);
      if (is_null(value) || is_structure(value)) return true;
      line = text = text_of(value);
    }
    ++total_;
    const ShapeId shape = context->miner->add(line);
    Seen& seen = seen_[shape];
    if (seen.count == 0) context->budget->take(sizeof(Seen) + buckets * 8 + line.size());
    seen.shape = shape;
    ++seen.count;
    const std::int64_t time_ms = record.time_ms();
    const std::int64_t span = std::max<std::int64_t>(context->around.to_ms - context->around.from_ms, 1);
    ++seen.histogram[static_cast<std::size_t>(
        std::clamp<double>(static_cast<double>(time_ms - context->around.from_ms) / static_cast<double>(span) * buckets, 0, buckets - 1))];
    if (seen.samples.size() < samples_max) seen.samples.emplace_back(time_ms, line.substr(0, 1024));
    if (seen.looked_at < lines_for_values_max) look_at_values(seen, line);
    return !context->budget->exceeded();
  }

  void finish() override {
    std::map<TemplateId, Seen> templates;
    for (const auto& [shape, seen] : seen_) {
      Seen& into = templates[context->miner->template_of(shape)];
      if (into.count == 0) into.shape = shape;
      into.add(seen);
    }
    std::vector<std::pair<TemplateId, const Seen*>> ordered;
    for (const auto& [id, seen] : templates) ordered.emplace_back(id, &seen);
    std::sort(ordered.begin(), ordered.end(), [](const auto& a, const auto& b) {
      return a.second->count != b.second->count ? a.second->count > b.second->count : a.second->shape < b.second->shape;
    });
    Record row(context->around.sources.names.size());
    for (const auto& [id, seen] : ordered) {
      fill(row, id, *seen);
      if (!next->push(row)) break;
    }
  }

 private:
  void look_at_values(Seen& seen, std::string_view line) {
    ++seen.looked_at;
    const auto values = context->miner->variables_in(seen.shape, line);
    if (seen.values.size() < values.size()) seen.values.resize(values.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      auto& counts = seen.values[i];
      const auto found = counts.find(std::string(values[i]));
      if (found != counts.end())
        ++found->second;
      else if (counts.size() < token_values_max)
        counts.emplace(values[i].substr(0, 256), 1);
    }
  }

  void fill(Record& row, TemplateId id, const Seen& seen) const {
    const telemetry::PatternText text = telemetry::pattern_text(context->miner->text_of(seen.shape));
    row.begin_table();
    set(row, *context, "@pattern", text.pattern);
    set(row, *context, "@regexString", text.regex);
    set(row, *context, "@sampleCount", static_cast<double>(seen.count));
    set(row, *context, "@ratio", static_cast<double>(seen.count) / static_cast<double>(std::max<std::uint64_t>(total_, 1)));
    set(row, *context, "@severityLabel", std::string(telemetry::severity_of(text.pattern)));
    set(row, *context, "@tokens", tokens(text, seen));
    set(row, *context, "@visualization", visualization(seen));
    set(row, *context, "@logSamples", samples(seen));
    set(row, *context, "@relatedPattern", "[]");
    set(row, *context, "@PatternId", fmt::format("{:016x}", id));
    set(row, *context, "@patternShape", static_cast<double>(seen.shape));
  }

  std::string tokens(const telemetry::PatternText& text, const Seen& seen) const {
    Array list;
    for (const auto& token : text.tokens) {
      Object counts;
      bool numeric = true, code = true;
      for (std::size_t i = token.first_variable; i <= token.last_variable && i < seen.values.size(); ++i)
        for (const auto& [value, times] : seen.values[i]) {
          if (counts.size() < token_values_max) counts[value] = times;
          const auto number = number_in(std::string_view(value));
          numeric &= number.has_value();
          code &= number && *number >= 400 && *number < 600 && value.size() == 3;
        }
      list.emplace_back(Object{{"dynamicTokenPosition", token.position},
                               {"tokenType", token.type},
                               {"tokenString", token.text},
                               {"isNumeric", numeric && !counts.empty()},
                               {"isErrorCode", code && !counts.empty()},
                               {"enumerations", counts},
                               {"inferredTokenName", token.type}});
    }
    return to_json(list);
  }

  std::string visualization(const Seen& seen) const {
    Object map;
    const double span = static_cast<double>(context->around.to_ms - context->around.from_ms);
    for (std::size_t i = 0; i < buckets; ++i)
      if (seen.histogram[i] > 0)
        map[std::to_string(context->around.from_ms + static_cast<std::int64_t>(span * static_cast<double>(i) / buckets))] =
            seen.histogram[i];
    return to_json(map);
  }

  static std::string samples(const Seen& seen) {
    Array list;
    for (const auto& [time_ms, message] : seen.samples) list.emplace_back(Object{{"timestamp", time_ms}, {"message", message}});
    return to_json(list);
  }

  const PatternCommand& command_;
  std::unordered_map<ShapeId, Seen> seen_;
  std::uint64_t total_ = 0;
};

std::string difference_in_words(double now, double before) {
  if (before == 0) return "New pattern";
  if (now == 0) return "Pattern no longer seen";
  if (now == before) return "No change";
  return fmt::format("{:.0f}% {}", std::abs(now - before) / before * 100, now > before ? "increase" : "decrease");
}

/// Patterns of the other range are what the inner query gave.
class DiffStage final : public StageOf<DiffStage> {
 public:
  explicit DiffStage(const DiffCommand& command) : command_(command) {}
  bool push(Record& record) override { return held_.hold(record, *context); }

  void finish() override {
    std::map<TemplateId, double> before;
    std::map<TemplateId, const std::vector<Value>*> rows;
    for (const auto& row : context->inner->at(&command_)) {
      const TemplateId id = template_of(row[1]);
      before[id] += number_of(row[2]).value_or(0);
      rows.emplace(id, &row);
    }
    const FieldNames& names = context->around.sources.names;
    for (Record& record : held_.rows) {
      const TemplateId id = template_of(context->field(record, names.find("@patternShape")));
      const double now = number_of(context->field(record, names.find("@sampleCount"))).value_or(0);
      const auto found = before.find(id);
      describe(record, now, found == before.end() ? 0 : found->second);
      if (found != before.end()) before.erase(found);
    }
    for (const auto& [id, count] : before) {
      Record gone(names.size());
      gone.begin_table();
      const auto& row = *rows.at(id);
      set(gone, *context, "@pattern", row[0]);
      set(gone, *context, "@patternShape", row[1]);
      set(gone, *context, "@sampleCount", 0.0);
      set(gone, *context, "@PatternId", row[3]);
      set(gone, *context, "@regexString", row[4]);
      set(gone, *context, "@tokens", row[5]);
      set(gone, *context, "@severityLabel", std::string(telemetry::severity_of(text_of(row[0]))));
      describe(gone, 0, count);
      held_.hold(gone, *context);
    }
    const FieldSlot difference = names.find("@differenceEventCount");
    std::vector<double> keys;
    for (Record& record : held_.rows) keys.push_back(-std::abs(number_of(context->field(record, difference)).value_or(0)));
    held_.order_by(keys);
    held_.pass_on(*this);
  }

 private:
  TemplateId template_of(const Value& shape) const {
    return context->miner->template_of(static_cast<ShapeId>(number_of(shape).value_or(0)));
  }
  void describe(Record& record, double now, double before) const {
    set(record, *context, "@differenceEventCount", now - before);
    set(record, *context, "@differenceDescription", difference_in_words(now, before));
  }

  const DiffCommand& command_;
  HeldRows held_;
};

/// What of a pattern's course is unusual: new in the later half, far more often than its mean, or errors of HTTP.
class AnomalyStage final : public StageOf<AnomalyStage> {
 public:
  bool push(Record& record) override {
    const FieldNames& names = context->around.sources.names;
    const auto course = parse_json(text_of(context->field(record, names.find("@visualization"))));
    std::vector<double> counts(buckets);
    if (course && course->is_object())
      for (const auto& [time, count] : course->get_object()) {
        const double at = number_in(std::string_view(time)).value_or(0) - static_cast<double>(context->around.from_ms);
        const double span = std::max(1.0, static_cast<double>(context->around.to_ms - context->around.from_ms));
        counts[static_cast<std::size_t>(std::clamp(std::round(at / span * buckets), 0.0, buckets - 1.0))] += *as_number(count);
      }
    judge(record, counts);
    return next->push(record);
  }

 private:
  void judge(Record& record, const std::vector<double>& counts) const {
    const FieldNames& names = context->around.sources.names;
    double sum = 0, squares = 0, greatest = 0;
    for (const double count : counts) {
      sum += count;
      squares += count * count;
      greatest = std::max(greatest, count);
    }
    const double mean = sum / buckets, deviation = std::sqrt(std::max(0.0, squares / buckets - mean * mean));
    const double score = deviation > 0 ? (greatest - mean) / deviation : 0;
    double first_half = 0;
    for (std::size_t i = 0; i < buckets / 2; ++i) first_half += counts[i];
    const std::string severity = text_of(context->field(record, names.find("@severityLabel")));
    const bool error_codes = text_of(context->field(record, names.find("@tokens"))).find("\"isErrorCode\":true") != std::string::npos;
    if (error_codes)
      report(record, "HTTP Error Code", "The pattern holds HTTP error codes", score, "HIGH");
    else if (sum > 0 && first_half == 0)
      report(record, "New Pattern", "The pattern was not seen in the first half of the range", score,
             severity == "ERROR" ? "HIGH" : "MEDIUM");
    else if (score > 4 && greatest >= 10)
      report(record, "Pattern Frequency",
             fmt::format("Seen {} times in one fiftieth of the range, {} times on average", text_of(greatest), text_of(mean)), score,
             severity == "ERROR" ? "HIGH" : "LOW");
  }

  void report(Record& record, const char* type, std::string description, double score, const char* priority) const {
    set(record, *context, "@anomalyType", type);
    set(record, *context, "@anomalyDescription", std::move(description));
    set(record, *context, "@anomalyScore", score);
    set(record, *context, "@priority", priority);
  }
};

}  // namespace

std::unique_ptr<Stage> make_pattern_stage(const Command& command, const QueryPlan&) {
  if (const auto* pattern = std::get_if<PatternCommand>(&command)) return std::make_unique<PatternStage>(*pattern);
  if (const auto* diff = std::get_if<DiffCommand>(&command)) return std::make_unique<DiffStage>(*diff);
  if (std::holds_alternative<AnomalyCommand>(command)) return std::make_unique<AnomalyStage>();
  return nullptr;
}

}  // namespace tocsin::diagnose
