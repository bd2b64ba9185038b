// How each service does now against before, and which one is to blame; pure.
#pragma once

#include <string>
#include <vector>

namespace tocsin::diagnose {

/// What was measured of a service in a span of time.
struct ServiceFigures {
  double seconds = 0;   ///< the span's length
  double requests = 0;
  double faults = 0;    ///< requests answered 5xx, or that failed
  double latency_ms_sum = 0;
  double latency_ms_p99 = 0;

  double fault_rate() const { return requests > 0 ? faults / requests : 0; }
  double latency_ms_avg() const { return requests > 0 ? latency_ms_sum / requests : 0; }
  double requests_per_s() const { return seconds > 0 ? requests / seconds : 0; }
};

struct ObservedService {
  std::string name;
  std::string environment;
  std::vector<std::string> hosts;
  std::vector<std::string> callees;
  ServiceFigures before, now;
};

/// Too few requests on either side to say anything.
inline constexpr double requests_min = 10;

/// Whether the service does markedly worse than before: faults up by 2 points, or the average latency doubled and up by 20 ms. False when there is too little data.
bool is_worse(const ObservedService& service);

/// One line with its numbers: "faults 45 % (before 0 %), latency avg 180 ms (before 62 ms), 13/s (before 13/s)".
std::string describe_change(const ObservedService& service);

struct Suspect {
  std::string service;
  double excess_faults_per_s = 0;     ///< more than before
  double explained_faults_per_s = 0;  ///< of those, by what its callees fail more than before
  double excess_latency_s_per_s = 0;  ///< seconds that its requests take longer, in a second
  double explained_latency_s_per_s = 0;
  double score = 0;                   ///< what its callees do not explain, faults and seconds added
};

/// The services that do worse, the likeliest cause first; those that their callees explain wholly are left out.
std::vector<Suspect> rank_suspects(const std::vector<ObservedService>& services);

}  // namespace tocsin::diagnose
