// How each service and what it stands on does now against before, and which one is to blame; pure.
#pragma once

#include <string>
#include <vector>

namespace tocsin::diagnose {

/// What was measured of a service, or of its calls to a dependency, in a span of time.
struct ServiceFigures {
  double seconds = 0;  ///< the span's length
  double requests = 0;
  double faults = 0;  ///< requests answered 5xx, or that failed
  double latency_ms_sum = 0;
  double latency_ms_p99 = 0;

  double fault_rate() const { return requests > 0 ? faults / requests : 0; }
  double latency_ms_avg() const { return requests > 0 ? latency_ms_sum / requests : 0; }
  double requests_per_s() const { return seconds > 0 ? requests / seconds : 0; }
};

/// A data store or broker, as one service that calls it sees it.
struct ObservedDependency {
  std::string name;
  std::string address;  ///< may be empty
  ServiceFigures before, now;
};

struct ObservedService {
  std::string name;
  std::string environment;
  std::vector<std::string> hosts;
  std::vector<std::string> callees;
  ServiceFigures before, now;
  double silent_s = 0;  ///< since its last request ended
  std::vector<ObservedDependency> dependencies;
};

/// Too few requests on either side to say anything.
inline constexpr double requests_min = 10;

/// Whether the service does markedly worse than before: faults up by 2 points, or the average latency doubled and up by 20 ms. False when
/// there is too little data.
bool is_worse(const ObservedService& service);

/// Whether it tells of no request any more although many were to be expected since its last; a few seconds are allowed for telemetry that
/// is under way.
bool is_silent(const ObservedService& service);

/// Whether it answers this service markedly slower than before: the average latency doubled and up by 20 ms.
bool is_slower(const ObservedDependency& dependency);

/// One line with its numbers: "faults 45 % (before 0 %), latency avg 180 ms (before 62 ms), 13/s (before 13/s)".
std::string describe_change(const ObservedService& service);

enum class SuspectKind {
  service,         ///< does worse beyond what it calls
  silent_service,  ///< answers nothing any more, and its callers fail
  dependency,      ///< slows the services that use it
};

struct Suspect {
  std::string name;  ///< of the service or the dependency
  SuspectKind kind = SuspectKind::service;
  std::string address;             ///< of a dependency; may be empty
  double excess_faults_per_s = 0;  ///< more than before; of a silent service the requests that it answered before; of a dependency those of
                                   ///< the services that it slows
  double explained_faults_per_s = 0;  ///< of those, by what it calls
  double excess_latency_s_per_s = 0;  ///< seconds that its requests take longer, in a second
  double explained_latency_s_per_s = 0;
  double score = 0;  ///< what is not explained, faults and seconds added
};

/// What does worse, the likeliest cause first; services that what they call explains wholly are left out.
std::vector<Suspect> rank_suspects(const std::vector<ObservedService>& services);

/// One line with its numbers.
std::string describe_suspect(const Suspect& suspect, const std::vector<ObservedService>& services);

}  // namespace tocsin::diagnose
