#include "telemetry/logs/contributors/contributor_rule.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/filters/json_selector.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t keys_max = 4, filters_max = 4, values_max = 10;
std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, "Invalid RuleDefinition: " + std::move(words)); }

std::vector<std::string> texts(const Array& array) {
  std::vector<std::string> found;
  for (const Document& each : array) found.push_back(each.is_string() ? std::string(each.get_string()) : to_json(each));
  return found;
}

/// "arn:aws:logs:…:log-group:NAME", also with a slash.
std::string group_of_arn(const std::string& arn) {
  const std::size_t at = arn.find("log-group");
  return at == std::string::npos ? arn : arn.substr(std::min(at + 10, arn.size()));
}

}  // namespace

Result<ContributorRule> ContributorRule::parse(const std::string& definition) {
  const auto document = parse_json(definition);
  if (!document || !document->is_object()) return invalid("it is not valid JSON.");
  const Document* schema = find(*document, "Schema");
  if (!schema || text_or(*schema, "Name") != "CloudWatchLogRule" || integer_or(*schema, "Version", 0) != 1)
    return invalid("Schema must be {\"Name\": \"CloudWatchLogRule\", \"Version\": 1}.");
  ContributorRule rule;
  rule.groups_ = texts(array_at(*document, "LogGroupNames"));
  for (const std::string& arn : texts(array_at(*document, "LogGroupARNs"))) rule.groups_.push_back(group_of_arn(arn));
  if (rule.groups_.empty()) return invalid("LogGroupNames or LogGroupARNs is required.");
  const std::string format = text_or(*document, "LogFormat"), aggregate = text_or(*document, "AggregateOn");
  if (format != "JSON" && format != "CLF") return invalid("LogFormat must be JSON or CLF.");
  rule.common_log_format_ = format == "CLF";
  for (const auto& [place, name] : object_at(*document, "Fields")) {
    const auto number = number_in(std::string_view(place));
    if (!number || *number < 1 || !name.is_string()) return invalid("Fields must give names to places from 1.");
    rule.names_.emplace_back(std::string(name.get_string()), static_cast<std::size_t>(*number));
  }
  const Document* contribution = find(*document, "Contribution");
  if (!contribution) return invalid("Contribution is required.");
  if (aggregate != "Count" && aggregate != "Sum") return invalid("AggregateOn must be Count or Sum.");
  if ((aggregate == "Sum") != text_at(*contribution, "ValueOf").has_value())
    return invalid("ValueOf is required when AggregateOn is Sum, and only then.");
  if (auto read = rule.read_contribution(*contribution); !read) return std::unexpected(read.error());
  return rule;
}

Result<void> ContributorRule::read_contribution(const Document& contribution) {
  key_labels_ = texts(array_at(contribution, "Keys"));
  if (key_labels_.empty() || key_labels_.size() > keys_max) return invalid("Keys must have 1 to 4 members.");
  for (const std::string& label : key_labels_) {
    auto key = field(label);
    if (!key) return std::unexpected(key.error());
    keys_.push_back(std::move(*key));
  }
  if (const auto value = text_at(contribution, "ValueOf")) {
    auto read = field(*value);
    if (!read) return std::unexpected(read.error());
    value_ = std::move(*read);
  }
  const Array& filters = array_at(contribution, "Filters");
  if (filters.size() > filters_max) return invalid("at most 4 Filters are allowed.");
  for (const Document& filter : filters) {
    auto test = read_filter(filter);
    if (!test) return std::unexpected(test.error());
    filters_.push_back(std::move(*test));
  }
  return {};
}

Result<ContributorRule::Field> ContributorRule::field(const std::string& path) const {
  if (!common_log_format_) {
    filters::PatternReader in(path);
    auto selector = filters::JsonSelector::read(in);
    if (!selector || !in.at_end() || selector->has_wildcard()) return invalid("'" + path + "' is no JSON property.");
    return Field([selector = std::move(*selector)](const MessageView& message) -> std::optional<std::string> {
      if (!message.json()) return std::nullopt;
      const auto found = selector.select(*message.json());
      return found.empty() ? std::nullopt : filters::scalar_text(*found.front());
    });
  }
  std::size_t place = 0;
  for (const auto& [name, at] : names_)
    if (name == path) place = at;
  if (const auto number = number_in(path); place == 0 && number && *number >= 1) place = static_cast<std::size_t>(*number);
  if (place == 0) return invalid("the field '" + path + "' is not known.");
  return Field([place](const MessageView& message) -> std::optional<std::string> {
    if (place > message.fields().size()) return std::nullopt;
    return std::string(message.fields()[place - 1]);
  });
}

Result<ContributorRule::Test> ContributorRule::read_filter(const Document& filter) const {
  constexpr std::array<std::string_view, 3> of_texts = {"In", "NotIn", "StartsWith"};
  constexpr std::array<std::string_view, 4> of_numbers = {"GreaterThan", "LessThan", "EqualTo", "NotEqualTo"};
  auto read = field(text_or(filter, "Match"));
  if (!read) return std::unexpected(read.error());
  for (const std::string_view op : of_texts) {
    if (!find(filter, op)) continue;
    std::vector<std::string> values = texts(array_at(filter, op));
    if (values.empty() || values.size() > values_max) return invalid(std::string(op) + " must have 1 to 10 values.");
    return Test([field = *read, values, op](const MessageView& message) {
      const auto text = field(message);
      if (!text) return false;
      const bool found = std::any_of(values.begin(), values.end(), [&](const std::string& value) {
        return op == "StartsWith" ? text->starts_with(value) : *text == value;
      });
      return found != (op == "NotIn");
    });
  }
  for (const std::string_view op : of_numbers) {
    const auto wanted = number_at(filter, op);
    if (!wanted) continue;
    return Test([field = *read, wanted = *wanted, op](const MessageView& message) {
      const auto text = field(message);
      const auto number = text ? number_in(*text) : std::nullopt;
      if (!number) return false;
      return op == "GreaterThan" ? *number > wanted : op == "LessThan" ? *number < wanted : (*number == wanted) == (op == "EqualTo");
    });
  }
  if (const auto present = truth_at(filter, "IsPresent"))
    return Test([field = *read, present = *present](const MessageView& message) { return field(message).has_value() == present; });
  return invalid("a filter must have In, NotIn, StartsWith, GreaterThan, LessThan, EqualTo, NotEqualTo or IsPresent.");
}

bool ContributorRule::reads(const std::string& group) const {
  return std::any_of(groups_.begin(), groups_.end(), [&](const std::string& name) {
    return name.ends_with('*') ? group.starts_with(std::string_view(name).substr(0, name.size() - 1)) : group == name;
  });
}

std::optional<ContributorRule::Contribution> ContributorRule::contribution(const MessageView& message) const {
  for (const Test& test : filters_)
    if (!test(message)) return std::nullopt;
  Contribution contribution;
  for (const Field& key : keys_) {
    auto text = key(message);
    if (!text) return std::nullopt;
    contribution.keys.push_back(std::move(*text));
  }
  if (!value_) return contribution;
  const auto text = (*value_)(message);
  const auto number = text ? number_in(*text) : std::nullopt;
  if (!number) return std::nullopt;
  contribution.value = *number;
  return contribution;
}

}  // namespace tocsin::telemetry
