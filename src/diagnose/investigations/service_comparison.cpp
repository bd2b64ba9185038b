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
// spans are under way for a while before they are told
constexpr double telemetry_delay_s = 5.0;
// so many requests do not fail to come by chance
constexpr double missing_requests_min = 15.0;

using ByName = std::map<std::string, const ObservedService*>;

bool has_data(const ServiceFigures& before, const ServiceFigures& now) {
  return before.requests >= requests_min && now.requests >= requests_min;
}
bool has_data(const ObservedService& service) { return has_data(service.before, service.now); }

bool fails_more(const ObservedService& service) { return service.now.fault_rate() - service.before.fault_rate() >= fault_rate_rise_min; }

bool is_slower(const ServiceFigures& before, const ServiceFigures& now) {
  const double was = before.latency_ms_avg(), is = now.latency_ms_avg();
  return is >= was * latency_ratio_min && is - was >= latency_rise_ms_min;
}

double excess_latency(const ServiceFigures& before, const ServiceFigures& now) {
  if (!has_data(before, now)) return 0;
  return std::max(0.0, now.latency_ms_avg() - before.latency_ms_avg()) / 1000.0 * now.requests_per_s();
}

double excess_faults(const ObservedService& service) {
  if (!has_data(service)) return 0;
  return std::max(0.0, service.now.fault_rate() - service.before.fault_rate()) * service.now.requests_per_s();
}

bool calls(const ObservedService& caller, const std::string& name) {
  return std::find(caller.callees.begin(), caller.callees.end(), name) != caller.callees.end();
}

// a service that nobody calls any more is silent too: one whose callers go on and fail has gone itself
bool has_gone(const ObservedService& service, const std::vector<ObservedService>& all) {
  return is_silent(service) && std::any_of(all.begin(), all.end(), [&](const ObservedService& caller) {
           return calls(caller, service.name) && !is_silent(caller) && is_worse(caller);
         });
}

Suspect silent_suspect(const ObservedService& service) {
  const double lost_per_s = service.before.requests_per_s();
  return {.name = service.name, .kind = SuspectKind::silent_service, .excess_faults_per_s = lost_per_s, .score = lost_per_s};
}

// what the callees that do worse explain of it, and the dependencies that became slow: those explain what fails of it too, since who waits
// too long gives up
Suspect examine(const ObservedService& service, const ByName& by_name, const std::vector<ObservedService>& all) {
  Suspect suspect{.name = service.name,
                  .excess_faults_per_s = excess_faults(service),
                  .excess_latency_s_per_s = excess_latency(service.before, service.now)};
  for (const std::string& callee : service.callees) {
    const auto found = by_name.find(callee);
    if (found == by_name.end()) continue;
    if (has_gone(*found->second, all)) suspect.explained_faults_per_s += found->second->before.requests_per_s();
    if (!is_worse(*found->second)) continue;
    suspect.explained_faults_per_s += excess_faults(*found->second);
    suspect.explained_latency_s_per_s += excess_latency(found->second->before, found->second->now);
  }
  for (const ObservedDependency& dependency : service.dependencies) {
    if (!is_slower(dependency)) continue;
    suspect.explained_faults_per_s = std::max(suspect.explained_faults_per_s, suspect.excess_faults_per_s);
    suspect.explained_latency_s_per_s += excess_latency(dependency.before, dependency.now);
  }
  suspect.score = std::max(0.0, suspect.excess_faults_per_s - suspect.explained_faults_per_s) +
                  std::max(0.0, suspect.excess_latency_s_per_s - suspect.explained_latency_s_per_s);
  return suspect;
}

std::vector<Suspect> slow_dependencies(const std::vector<ObservedService>& services) {
  std::map<std::pair<std::string, std::string>, Suspect> found;
  for (const ObservedService& service : services)
    for (const ObservedDependency& dependency : service.dependencies) {
      if (!is_slower(dependency)) continue;
      Suspect& suspect = found[{dependency.name, dependency.address}];
      suspect.name = dependency.name;
      suspect.kind = SuspectKind::dependency;
      suspect.address = dependency.address;
      suspect.excess_faults_per_s += excess_faults(service);
      suspect.excess_latency_s_per_s += excess_latency(dependency.before, dependency.now);
      suspect.score = suspect.excess_faults_per_s + suspect.excess_latency_s_per_s;
    }
  std::vector<Suspect> suspects;
  for (auto& [key, suspect] : found) suspects.push_back(std::move(suspect));
  return suspects;
}

std::string describe_dependency(const Suspect& suspect, const std::vector<ObservedService>& services) {
  std::string text;
  for (const ObservedService& service : services)
    for (const ObservedDependency& dependency : service.dependencies)
      if (dependency.name == suspect.name && dependency.address == suspect.address && is_slower(dependency))
        text += fmt::format("{}{} in {:.0f} ms (before {:.0f} ms)", text.empty() ? "answers " : ", ", service.name,
                            dependency.now.latency_ms_avg(), dependency.before.latency_ms_avg());
  return suspect.address.empty() ? text : suspect.name + " at " + suspect.address + ' ' + text;
}

}  // namespace

bool is_worse(const ObservedService& service) {
  return has_data(service) && (fails_more(service) || is_slower(service.before, service.now));
}

bool is_silent(const ObservedService& service) {
  const double missing = service.before.requests_per_s() * std::max(0.0, service.silent_s - telemetry_delay_s);
  return service.before.requests >= requests_min && missing >= missing_requests_min;
}

bool is_slower(const ObservedDependency& dependency) {
  return has_data(dependency.before, dependency.now) && is_slower(dependency.before, dependency.now);
}

std::string describe_change(const ObservedService& service) {
  if (is_silent(service))
    return fmt::format("no request since {:.0f} s (before {:.1f} requests/s)", service.silent_s, service.before.requests_per_s());
  if (!has_data(service))
    return fmt::format("not enough data: {:.0f} requests before, {:.0f} now", service.before.requests, service.now.requests);
  return fmt::format(
      "faults {:.1f} % (before {:.1f} %), latency avg {:.0f} ms (before {:.0f} ms), p99 {:.0f} ms (before {:.0f} ms), {:.1f} requests/s "
      "(before {:.1f}/s)",
      service.now.fault_rate() * 100, service.before.fault_rate() * 100, service.now.latency_ms_avg(), service.before.latency_ms_avg(),
      service.now.latency_ms_p99, service.before.latency_ms_p99, service.now.requests_per_s(), service.before.requests_per_s());
}

std::vector<Suspect> rank_suspects(const std::vector<ObservedService>& services) {
  ByName by_name;
  for (const ObservedService& service : services) by_name[service.name] = &service;
  std::vector<Suspect> suspects = slow_dependencies(services);
  for (const ObservedService& service : services) {
    if (has_gone(service, services)) suspects.push_back(silent_suspect(service));
    if (!is_worse(service) || is_silent(service)) continue;
    const Suspect suspect = examine(service, by_name, services);
    if (suspect.score > 0 && suspect.score >= unexplained_min * (suspect.excess_faults_per_s + suspect.excess_latency_s_per_s))
      suspects.push_back(suspect);
  }
  std::stable_sort(suspects.begin(), suspects.end(), [](const Suspect& a, const Suspect& b) { return a.score > b.score; });
  return suspects;
}

std::string describe_suspect(const Suspect& suspect, const std::vector<ObservedService>& services) {
  switch (suspect.kind) {
    case SuspectKind::silent_service: {
      const auto service =
          std::find_if(services.begin(), services.end(), [&](const ObservedService& one) { return one.name == suspect.name; });
      return service == services.end() ? "" : describe_change(*service) + ", and its callers fail";
    }
    case SuspectKind::dependency:
      return describe_dependency(suspect, services);
    case SuspectKind::service:
      break;
  }
  return fmt::format(
      "{:.2f} more faults/s than before, {:.2f} of them explained by what it calls; its requests take {:.2f} s longer each second, {:.2f} "
      "s of that explained",
      suspect.excess_faults_per_s, suspect.explained_faults_per_s, suspect.excess_latency_s_per_s, suspect.explained_latency_s_per_s);
}

}  // namespace tocsin::diagnose
