// What is probed, as the parameter /tocsin/probes/NAME says, and what came of a try.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::detect {

enum class ProbeKind { http, tcp, tls, dns, icmp };

std::string_view to_text(ProbeKind kind);

struct ProbeSpec {
  std::string name;
  ProbeKind kind = ProbeKind::http;
  std::string target;  ///< a URL; HOST:PORT of tcp and tls; a name of dns; a host of icmp
  Duration every = std::chrono::seconds(30);
  Duration timeout = std::chrono::seconds(5);
  int failures = 3;     ///< in a row, before it is an alert
  int status = 0;       ///< http: the status wanted; 0: any from 200 to 399
  std::string expect;   ///< http: text that the body must hold; dns: an address that must be among the answers
  int days_left = 14;   ///< tls, and https: the certificate must hold so long
  std::string service;  ///< whose health it tells; may be empty
  std::string severity = "critical";
};

struct ProbeResult {
  bool ok = false;
  std::string error;  ///< for people; empty when ok
  Duration took{};
  std::optional<int> certificate_days_left;
};

/// {"type": "http" | "tcp" | "tls" | "dns" | "icmp", "target", "every": "30s", "timeout": "5s", "failures": 3, "status": 200, "expect",
/// "daysLeft", "service", "severity"}. `invalid` says what is wrong.
Result<ProbeSpec> read_probe(const std::string& name, const Document& document);

/// Tries once; `done` may be called from any thread, exactly once.
using RunProbe = std::function<void(const ProbeSpec&, std::function<void(ProbeResult)> done)>;

}  // namespace tocsin::detect
