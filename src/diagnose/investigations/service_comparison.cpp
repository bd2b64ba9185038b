#include "diagnose/investigations/service_comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tocsin::diagnose {
namespace {

constexpr double fault_rate_rise_min = 0.02;
constexpr double latency_ratio_min = 2.0;
constexpr double latency_rise_ms_min = 20.0;
// a remainder below this part of the whole counts as explained
constexpr double unexplained_min = 0.2;

bool has_data(const ObservedService& service) { return service.before.requests >= requests_min && service.now.requests >= requests_min; }

bool fails_more(const ObservedService& service) { return service.now.fault_rate() - service.before.fault_rate() >= fault_rate_rise_min; }

bool is_slower(const ObservedService& service) {
  const double before = service.before.latency_ms_avg(), now = service.now.latency_ms_avg();
  return now >= before * latency_ratio_min && now - before >= latency_rise_ms_min;
}

double excess_faults(const ObservedService& service) {
  if (!has_data(service)) return 0;
  return std::max(0.0, service.now.fault_rate() - service.before.fault_rate()) * service.now.requests_per_s();
}

double excess_latency(const ObservedService& service) {
  if (!has_data(service)) return 0;
  return std::max(0.0, service.now.latency_ms_avg() - service.before.latency_ms_avg()) / 1000.0 * service.now.requests_per_s();
}

Suspect examine(const ObservedService& service, const std::map<std::string, const ObservedService*>& by_name) {
  Suspect suspect{.service = service.name, .excess_faults_per_s = excess_faults(service), .excess_latency_s_per_s = excess_latency(service)};
  for (const std::string& callee : service.callees) {
    const auto found = by_name.find(callee);
    if (found == by_name.end() || !is_worse(*found->second)) continue;
    suspect.explained_faults_per_s += excess_faults(*found->second);
    suspect.explained_latency_s_per_s += excess_latency(*found->second);
  }
  suspect.score = std::max(0.0, suspect.excess_faults_per_s - suspect.explained_faults_per_s) +
                  std::max(0.0, suspect.excess_latency_s_per_s - suspect.explained_latency_s_per_s);
  return suspect;
}

}  // namespace

bool is_worse(const ObservedService& service) { return has_data(service) && (fails_more(service) || is_slower(service)); }

std::string describe_change(const ObservedService& service) {
  if (!has_data(service)) return fmt::format("not enough data: {:.0f} requests before, {:.0f} now", service.before.requests, service.now.requests);
  return fmt::format("faults {:.1f} % (before {:.1f} %), latency avg {:.0f} ms (before {:.0f} ms), p99 {:.0f} ms (before {:.0f} ms), {:.1f} requests/s (before {:.1f}/s)",
                     service.now.fault_rate() * 100, service.before.fault_rate() * 100, service.now.latency_ms_avg(), service.before.latency_ms_avg(),
                     service.now.latency_ms_p99, service.before.latency_ms_p99, service.now.requests_per_s(), service.before.requests_per_s());
}

std::vector<Suspect> rank_suspects(const std::vector<ObservedService>& services) {
  std::map<std::string, const ObservedService*> by_name;
  for (const ObservedService& service : services) by_name[service.name] = &service;
  std::vector<Suspect> suspects;
  for (const ObservedService& service : services) {
    if (!is_worse(service)) continue;
    const Suspect suspect = examine(service, by_name);
    if (suspect.score >= unexplained_min * (suspect.excess_faults_per_s + suspect.excess_latency_s_per_s)) suspects.push_back(suspect);
  }
  std::stable_sort(suspects.begin(), suspects.end(), [](const Suspect& a, const Suspect& b) { return a.score > b.score; });
  return suspects;
}

}  // namespace tocsin::diagnose
