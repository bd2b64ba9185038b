#include "agent/host_metrics/metric_sender.h"

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/document.h"
#include "base/log.h"

namespace tocsin::agent {
namespace {

constexpr std::size_t data_max = 500;
constexpr std::string_view part = "agent/host_metrics";

/// As JSON 1.0 has it: times are seconds.
Object to_document(const HostDatum& datum, const std::string& host, Instant now) {
  Array dimensions{Object{{"Name", "host"}, {"Value", host}}};
  for (const auto& [name, value] : datum.dimensions)
    dimensions.emplace_back(Object{{"Name", name}, {"Value", value.empty() ? "-" : value}});
  return {{"MetricName", datum.name},
          {"Dimensions", std::move(dimensions)},
          {"Timestamp", to_seconds(now)},
          {"Value", datum.value},
          {"Unit", datum.unit}};
}

}  // namespace

void MetricSender::keep(const std::vector<HostDatum>& data, Instant now) {
  for (std::size_t from = 0; from < data.size(); from += data_max) {
    Array documents;
    for (std::size_t i = from; i < std::min(data.size(), from + data_max); ++i) documents.emplace_back(to_document(data[i], host_, now));
    const auto kept = spool_.add(to_json(Object{{"Namespace", "CWAgent"}, {"MetricData", std::move(documents)}}));
    if (!kept) log::error(part, "a measurement could not be kept", {{"error", kept.error().message}});
  }
}

void MetricSender::send_waiting() {
  while (!spool_.empty()) {
    const std::string body = spool_.front();
    const auto sent = body.empty() ? Result<void>{} : send_(body);
    if (!sent && sent.error().kind != ErrorKind::invalid) {
      if (!std::exchange(refused_, true)) log::warning(part, "measurements wait on disk", {{"error", sent.error().message}});
      return;
    }
    if (!sent) log::error(part, "a measurement was refused and is dropped", {{"error", sent.error().message}});
    if (sent && std::exchange(refused_, false)) log::info(part, "measurements are taken again", {});
    spool_.pop_front();
  }
}

void MetricSender::round(Instant now) {
  HostReading reading = read_();
  keep(host_data(reading, before_), now);
  before_ = std::move(reading);
  send_waiting();
}

}  // namespace tocsin::agent
