#include "telemetry/logs/intake/log_intake.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "telemetry/logs/data_protection/data_masks.h"
#include "telemetry/logs/embedded_metrics/embedded_metrics.h"
#include "telemetry/logs/group_policies/field_indexes.h"
#include "telemetry/logs/metric_filters/metric_filter_counts.h"
#include "telemetry/logs/subscriptions/subscription_filter.h"
#include "telemetry/logs/transformers/transformer.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view part = "telemetry/logs/intake";
constexpr int forwarding_depth_max = 5;
constexpr Duration defaults_every = 10s;

std::string system_field(std::string_view field, const LogGroup& group) {
  if (field == "@aws.account") return group.scope.account;
  if (field == "@aws.region") return group.scope.region;
  return group.name;
}

struct KeptMetricFilter {
  std::string name;
  Document definition;
  MetricFilter filter;
  MetricFilterCounts counts;
};

}  // namespace

/// An event as filters see it: masked, and transformed when the group has a transformer.
struct LogIntake::Event {
  std::int64_t time_ms;
  std::uint64_t sequence;
  MessageView original;
  std::string masked_text, transformed_text;
  std::optional<MessageView> masked, transformed;

  const MessageView& message() const { return masked ? *masked : original; }
  const MessageView& seen(bool transformed_too) const { return transformed_too && transformed ? *transformed : message(); }
};

struct LogIntake::Group {
  std::uint64_t generation = 0;
  Scope scope;
  std::vector<KeptMetricFilter> metric_filters;
  std::vector<SubscriptionFilter> subscriptions;
  std::optional<Transformer> transformer;
  DataMasks masks;

  bool reads_transformed() const {
    const auto wants = [](const auto& each) { return each.on_transformed; };
    return transformer && (std::any_of(subscriptions.begin(), subscriptions.end(), wants) ||
                           std::any_of(metric_filters.begin(), metric_filters.end(), [&](const auto& each) { return wants(each.filter); }));
  }
};

LogIntake::LogIntake(storage::StateExecutor& state, LogStore& store, LogSettings& settings, MetricStore& metrics,
                     SubscriptionTargets& targets, LiveTails& tails, SelfMetrics* self_metrics)
    : state_(state), store_(store), settings_(settings), metrics_(metrics), targets_(targets), tails_(tails), self_metrics_(self_metrics) {}
LogIntake::~LogIntake() { store_.on_arrival({}); }

void LogIntake::start() {
  targets_.start();
  store_.on_arrival([this](const LogArrival& arrival) { arrived(arrival); });
}

LogIntake::Group& LogIntake::group_of(const LogGroup& group) {
  auto& kept = groups_[group.id];
  if (!kept) kept = std::make_unique<Group>();
  if (kept->generation == settings_.generation()) return *kept;
  kept->generation = settings_.generation();
  kept->scope = group.scope;
  auto before = std::exchange(kept->metric_filters, {});
  for (const LogSetting& each : settings_.list(log_setting::metric_filter, group.scope, {.owner = group.name})) {
    if (truth_or(each.body, "switchedOff", false)) continue;
    auto filter = compile_metric_filter(each.body, group.scope);
    if (!filter) continue;
    KeptMetricFilter now{each.name, each.body, std::move(*filter), {}};
    for (KeptMetricFilter& old : before)
      if (old.name == now.name && old.definition == now.definition) now.counts = std::move(old.counts);
    kept->metric_filters.push_back(std::move(now));
  }
  kept->subscriptions.clear();
  for (const LogSetting& each : settings_.list(log_setting::subscription_filter, group.scope, {.owner = group.name}))
    if (auto filter = compile_subscription_filter(each.name, each.body)) kept->subscriptions.push_back(std::move(*filter));
  add_account_policies(group, *kept);
  kept->masks = masks_of(settings_, group);
  return *kept;
}

void LogIntake::add_account_policies(const LogGroup& group, Group& kept) {
  for (const LogSetting& each : account_policies_of(settings_, group, "SUBSCRIPTION_FILTER_POLICY")) {
    const auto policy = parse_json(text_or(each.body, "policyDocument"));
    if (!policy) continue;
    const Object definition{{"filterPattern", text_or(*policy, "FilterPattern")}, {"destinationArn", text_or(*policy, "DestinationArn")}};
    if (auto filter = compile_subscription_filter(each.name, definition)) kept.subscriptions.push_back(std::move(*filter));
  }
  kept.transformer.reset();
  Document config;
  if (const auto own = settings_.get(log_setting::transformer, group.scope, group.name, ""))
    config = array_at(*own, "transformerConfig");
  else
    for (const LogSetting& each : account_policies_of(settings_, group, "TRANSFORMER_POLICY"))
      if (const auto policy = parse_json(text_or(each.body, "policyDocument"))) config = *policy;
  if (!config.is_array()) return;
  if (auto transformer = Transformer::compile(config.get_array())) kept.transformer = std::move(*transformer);
}

std::vector<LogIntake::Event> LogIntake::events_of(const Group& group, const LogArrival& arrival) const {
  const bool transforms = group.reads_transformed();
  std::vector<Event> events;
  events.reserve(arrival.events.size());
  std::uint64_t sequence = arrival.first_sequence;
  for (const LogEvent& each : arrival.events) {
    Event& event = events.emplace_back(Event{each.time_ms, sequence++, MessageView(each.message), {}, {}, {}, {}});
    if (!group.masks.empty()) {
      event.masked_text = group.masks.masked(each.message, arrival.ingested_ms);
      event.masked.emplace(event.masked_text);
    }
    if (!transforms) continue;
    if (auto text = group.transformer->transform(event.message().text(), {arrival.group.scope, arrival.group.name, arrival.stream.name})) {
      event.transformed_text = std::move(*text);
      event.transformed.emplace(event.transformed_text);
    }
  }
  return events;
}

void LogIntake::arrived(const LogArrival& arrival) {
  Group& group = group_of(arrival.group);
  if (self_metrics_) {
    std::size_t bytes = 0;
    for (const LogEvent& event : arrival.events) bytes += event.message.size();
    const Dimensions dimensions = {{"LogGroupName", arrival.group.name}};
    self_metrics_->record(arrival.group.scope, "AWS/Logs", "IncomingLogEvents", dimensions, static_cast<double>(arrival.events.size()),
                          "None");
    self_metrics_->record(arrival.group.scope, "AWS/Logs", "IncomingBytes", dimensions, static_cast<double>(bytes), "Bytes");
  }
  const std::vector<Event> events = events_of(group, arrival);
  if (patterns_) {
    std::vector<std::string_view> texts;
    texts.reserve(events.size());
    for (const Event& event : events) texts.push_back(event.message().text());
    patterns_->arrived(arrival, texts);
  }
  measure(group, arrival, events);
  if (tails_.any() && tails_.wants(arrival.group, arrival.stream))
    for (const Event& event : events) tails_.offer(arrival.group, arrival.stream, arrival.ingested_ms, event.time_ms, event.message());
  forward(group, arrival, events);
}

void LogIntake::measure(Group& group, const LogArrival& arrival, const std::vector<Event>& events) {
  std::vector<MetricPoint> points;
  const Instant now = state_.now();
  for (const Event& event : events)
    if (may_embed_metrics(event.original.text()))
      for (MetricPoint& point : embedded_metrics(event.original, now)) points.push_back(std::move(point));
  for (KeptMetricFilter& kept : group.metric_filters) {
    if (!kept.filter.selection.selects([&](std::string_view field) { return system_field(field, arrival.group); })) continue;
    for (const Event& event : events)
      kept.counts.add(kept.filter, {event.time_ms, event.seen(kept.filter.on_transformed)}, to_ms(now), points);
    if (kept.filter.default_value) plan_defaults();
    if (kept.counts.too_many_combinations()) switch_off(arrival.group, kept.name);
  }
  put(arrival.group.scope, std::move(points));
}

void LogIntake::forward(Group& group, const LogArrival& arrival, const std::vector<Event>& events) {
  if (group.subscriptions.empty()) return;
  if (forwarding_depth_ >= forwarding_depth_max)
    return log::warning(part, "log events were not forwarded again: the subscriptions form a circle", {{"log_group", arrival.group.name}});
  // what is forwarded may come back here and change the group's filters: a copy is walked
  const std::vector<SubscriptionFilter> filters = group.subscriptions;
  const LogGroup source = arrival.group;
  const std::string stream = arrival.stream.name;
  for (const SubscriptionFilter& filter : filters) {
    if (!filter.selection.selects([&](std::string_view field) { return system_field(field, source); })) continue;
    Envelope envelope{source.scope.account, source.name, stream, filter.name, {}};
    for (const Event& event : events) {
      const MessageView& message = event.seen(filter.on_transformed);
      if (!filter.pattern.matches(message)) continue;
      SubscribedEvent sent{event_id(source.id, {event.time_ms, event.sequence}), event.time_ms, std::string(message.text()), {}};
      if (filter.pattern.kind() == PatternKind::delimited)
        for (auto& [name, value] : filter.pattern.extract(message)) sent.extracted_fields[name.substr(1)] = value;
      for (const std::string& field : filter.system_fields) sent.extracted_fields[field] = system_field(field, source);
      envelope.events.push_back(std::move(sent));
    }
    if (envelope.events.empty()) continue;
    ++forwarding_depth_;
    targets_.send(source.scope, filter.destination_arn, envelope);
    --forwarding_depth_;
    if (self_metrics_)
      self_metrics_->record(source.scope, "AWS/Logs", "ForwardedLogEvents", {{"FilterName", filter.name}, {"LogGroupName", source.name}},
                            static_cast<double>(envelope.events.size()), "None");
  }
}

void LogIntake::switch_off(const LogGroup& group, const std::string& filter) {
  auto definition = settings_.get(log_setting::metric_filter, group.scope, group.name, filter);
  if (!definition || truth_or(*definition, "switchedOff", false)) return;
  definition->as_object()["switchedOff"] = true;
  settings_.put(log_setting::metric_filter, {group.scope, group.name, filter, *definition});
  log::warning(part, "a metric filter was switched off: it makes more than 1,000 combinations of dimensions an hour",
               {{"log_group", group.name}, {"filter", filter}});
}

void LogIntake::plan_defaults() {
  if (std::exchange(defaults_planned_, true)) return;
  state_.executor().post_after(defaults_every, [this, living = std::weak_ptr(alive_)] {
    if (living.lock()) put_defaults();
  });
}

void LogIntake::put_defaults() {
  defaults_planned_ = false;
  bool some_left = false;
  std::erase_if(groups_, [this](const auto& each) { return !store_.group(each.first); });
  for (auto& [id, group] : groups_) {
    std::vector<MetricPoint> points;
    for (KeptMetricFilter& kept : group->metric_filters) {
      kept.counts.add_defaults(kept.filter, to_ms(state_.now()), false, points);
      some_left = some_left || kept.counts.waits();
    }
    put(group->scope, std::move(points));
  }
  if (some_left) plan_defaults();
}

void LogIntake::put(const Scope& scope, std::vector<MetricPoint> points) {
  if (points.empty()) return;
  if (auto kept = metrics_.put(scope, points); !kept)
    log::error(part, "datapoints of log events could not be kept", {{"error", kept.error().message}});
}

}  // namespace tocsin::telemetry
