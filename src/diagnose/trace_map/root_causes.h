// Why a trace failed or was slow: the ways from its roots to the last entity that is to blame. Pure.
// https://docs.aws.amazon.com/xray/latest/api/API_TraceSummary.html
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "diagnose/trace_map/trace.h"

namespace tocsin::diagnose {

enum class CauseKind { fault, error, response_time };

struct CauseException {
  std::string name, message;
};
struct CauseEntity {
  std::string name;
  bool remote = false;
  std::vector<CauseException> exceptions;
  double coverage = 0;  ///< of response times: its time over that of the root
};
struct CauseService {
  std::string name, type, account;
  bool inferred = false;
  std::vector<CauseEntity> path;
};
struct RootCause {
  std::vector<CauseService> services;
  bool client_impacting = false;
};

std::vector<RootCause> root_causes(const Trace& trace, CauseKind kind);

}  // namespace tocsin::diagnose
