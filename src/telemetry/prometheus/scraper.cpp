#include "telemetry/prometheus/scraper.h"

#include "base/log.h"
#include "telemetry/metrics/retention.h"
#include "telemetry/prometheus/exposition.h"
#include "telemetry/prometheus/prometheus_points.h"

namespace tocsin::telemetry {
namespace {

constexpr Duration timeout_max = std::chrono::seconds(10);
constexpr std::string_view part = "telemetry/prometheus";

/// The target's labels, unless the exporter says the same of itself: then its own are kept as `exported_…`, as Prometheus does.
PrometheusLabels with_target(const PrometheusLabels& labels, const ScrapeTarget& target) {
  PrometheusLabels all;
  for (const auto& [name, value] : labels) all.emplace_back(name == "job" || name == "instance" ? "exported_" + name : name, value);
  all.emplace_back("job", target.job);
  all.emplace_back("instance", instance_of(target));
  return all;
}

}  // namespace

Scraper::Scraper(Executor& executor, MetricStore& metrics, Scope scope, std::vector<ScrapeTarget> targets, Fetch fetch)
    : executor_(executor), metrics_(metrics), scope_(std::move(scope)), targets_(std::move(targets)), fetch_(std::move(fetch)) {
  gate_->executor = &executor;
}

Scraper::~Scraper() {
  const std::lock_guard lock(gate_->mutex);
  gate_->executor = nullptr;
}

void Scraper::start() {
  // spread over the first interval, so that they do not all come at once
  for (std::size_t i = 0; i < targets_.size(); ++i)
    scrape_later(i, targets_[i].every * static_cast<std::int64_t>(i) / static_cast<std::int64_t>(targets_.size()));
}

void Scraper::scrape_later(std::size_t target, Duration wait) {
  executor_.post_after(wait, [this, target, living = std::weak_ptr(alive_)] {
    if (!living.expired()) scrape(target);
  });
}

void Scraper::scrape(std::size_t place) {
  const ScrapeTarget& target = targets_[place];
  scrape_later(place, target.every);
  const Instant begun = executor_.now();
  fetch_(target.url, std::min(target.every, timeout_max),
         [this, &target, begun, gate = gate_, living = std::weak_ptr(alive_)](Result<Fetched> fetched) {
           const std::lock_guard lock(gate->mutex);
           if (gate->executor)
             gate->executor->post([this, &target, begun, living, fetched = std::move(fetched)] {
               if (!living.expired()) keep(target, begun, fetched);
             });
         });
}

void Scraper::keep(const ScrapeTarget& target, Instant begun, const Result<Fetched>& fetched) {
  std::vector<MetricPoint> points;
  std::size_t count = 0;
  bool up = false;
  if (fetched) {
    const auto samples = parse_exposition(fetched->body, fetched->content_type.starts_with("application/openmetrics-text"));
    if (!samples) log::warning(part, "a target's answer could not be read", {{"url", target.url}, {"error", samples.error().message}});
    up = samples.has_value();
    const std::int64_t now_s = to_seconds(executor_.now());
    for (const ExposedSample& each : samples.value_or(std::vector<ExposedSample>{})) {
      const Instant time = each.time.value_or(begun);
      const bool kept = to_seconds(time) >= now_s - late_max_s && to_seconds(time) <= now_s + early_max_s;
      count += kept && add_prometheus_point(points, with_target(each.labels, target), each.value, time);
    }
  }
  const double took_s = std::chrono::duration<double>(executor_.now() - begun).count();
  for (const auto& [name, value] :
       {std::pair{"up", up ? 1.0 : 0.0}, {"scrape_duration_seconds", took_s}, {"scrape_samples_scraped", static_cast<double>(count)}})
    add_prometheus_point(points, with_target({{"__name__", name}}, target), value, begun);
  if (const auto put = metrics_.put(scope_, points); !put)
    log::error(part, "samples could not be kept", {{"url", target.url}, {"error", put.error().message}});
}

}  // namespace tocsin::telemetry
