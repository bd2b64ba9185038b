// relevantfields: which fields are distributed otherwise where a condition holds. The score is the greatest difference between the two
// distributions: of numbers the Kolmogorov-Smirnov distance, of texts the total variation distance; 0 is the same, 1 nothing in common.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-RelevantFields.html
#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "diagnose/log_query/stage.h"

namespace tocsin::diagnose {
namespace {

constexpr std::size_t fields_max = 2000, values_max = 5000, contributors_max = 5;

struct Counts {
  double inside = 0, outside = 0;
};

struct FieldCounts {
  std::map<std::string, Counts> values;
  double inside = 0, outside = 0;  ///< rows that have the field
  double numeric = 0;
};

class RelevanceStage final : public StageOf<RelevanceStage> {
 public:
  RelevanceStage(const RelevantFieldsCommand& command, const QueryPlan& plan) : command_(command), plan_(plan) {}

  bool push(Record& record) override {
    const bool inside = holds(command_.condition, record, context->around);
    (inside ? inside_ : outside_) += 1;
    if (command_.names.empty()) {
      for (const auto& [name, value] : context->around.sources.discovery.all(record.message())) count(name, value, inside);
      return !context->budget->exceeded();
    }
    for (const std::string& name : command_.names) count(name, context->field(record, plan_.names->find(name)), inside);
    return !context->budget->exceeded();
  }

  void finish() override {
    std::vector<std::pair<double, const std::string*>> scored;
    for (const auto& [name, field] : fields_) scored.emplace_back(inside_ > 0 && outside_ > 0 ? score(field) : 0, &name);
    std::stable_sort(scored.begin(), scored.end(), [](const auto& a, const auto& b) { return a.first > b.first; });
    Record row(plan_.names->size());
    for (const auto& [score, name] : scored) {
      row.begin_table();
      set(row, "@fieldName", *name);
      set(row, "@relevanceScore", score);
      const FieldCounts& field = fields_.at(*name);
      if (is_numeric(field)) {
        set(row, "@conditionalMedian", median(field, &Counts::inside, field.inside));
        set(row, "@baselineMedian", median(field, &Counts::outside, field.outside));
      } else {
        set(row, "@topRelevanceContributors", contributors(field));
      }
      if (!next->push(row)) break;
    }
  }

 private:
  void count(const std::string& name, const Value& value, bool inside) {
    if (is_null(value) || is_structure(value)) return;
    auto found = fields_.find(name);
    if (found == fields_.end()) {
      if (fields_.size() >= fields_max) return;
      found = fields_.emplace(name, FieldCounts{}).first;
    }
    FieldCounts& field = found->second;
    (inside ? field.inside : field.outside) += 1;
    const auto number = number_of(value);
    field.numeric += number.has_value();
    std::string text = text_of(value);
    auto at = field.values.find(text);
    if (at == field.values.end()) {
      if (field.values.size() >= values_max) return;
      context->budget->take(text.size() + 96);
      at = field.values.emplace(std::move(text), Counts{}).first;
    }
    (inside ? at->second.inside : at->second.outside) += 1;
  }

  static bool is_numeric(const FieldCounts& field) { return field.numeric == field.inside + field.outside; }

  static std::vector<std::pair<double, Counts>> by_number(const FieldCounts& field) {
    std::vector<std::pair<double, Counts>> numbers;
    for (const auto& [text, counts] : field.values) numbers.emplace_back(number_in(std::string_view(text)).value_or(0), counts);
    std::sort(numbers.begin(), numbers.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    return numbers;
  }

  double score(const FieldCounts& field) const {
    // a row without the field counts as a value of its own
    const double missing = (inside_ - field.inside) / inside_ - (outside_ - field.outside) / outside_;
    double sum = std::abs(missing), inside = 0, outside = 0, greatest = std::abs(missing);
    if (is_numeric(field)) {
      for (const auto& [number, counts] : by_number(field)) {
        inside += counts.inside / inside_;
        outside += counts.outside / outside_;
        greatest = std::max(greatest, std::abs(inside - outside));
      }
      return greatest;
    }
    for (const auto& [text, counts] : field.values) sum += std::abs(counts.inside / inside_ - counts.outside / outside_);
    return std::min(1.0, sum / 2);
  }

  static Value median(const FieldCounts& field, double Counts::*side, double count) {
    double seen = 0;
    for (const auto& [number, counts] : by_number(field))
      if ((seen += counts.*side) >= count / 2 && seen > 0) return number;
    return {};
  }

  std::string contributors(const FieldCounts& field) const {
    std::vector<std::pair<double, const std::string*>> shifts;
    for (const auto& [text, counts] : field.values)
      shifts.emplace_back(counts.inside / std::max(inside_, 1.0) - counts.outside / std::max(outside_, 1.0), &text);
    std::stable_sort(shifts.begin(), shifts.end(), [](const auto& a, const auto& b) { return std::abs(a.first) > std::abs(b.first); });
    std::string list = "[";
    for (std::size_t i = 0; i < std::min(shifts.size(), contributors_max); ++i)
      list += (i > 0 ? "," : "") + std::string("{\"value\":") + to_json(Document(*shifts[i].second)) +
              ",\"shift\":" + text_of(shifts[i].first) + '}';
    return list + ']';
  }

  void set(Record& row, std::string_view name, Value value) const { row.set(plan_.names->find(name), std::move(value)); }

  const RelevantFieldsCommand& command_;
  const QueryPlan& plan_;
  std::map<std::string, FieldCounts> fields_;
  double inside_ = 0, outside_ = 0;
};

}  // namespace

std::unique_ptr<Stage> make_relevance_stage(const RelevantFieldsCommand& command, const QueryPlan& plan) {
  return std::make_unique<RelevanceStage>(command, plan);
}

}  // namespace tocsin::diagnose
