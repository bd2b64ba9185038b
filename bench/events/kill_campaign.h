// Deliveries while the server is killed: ten times SIGKILL during 100,000 deliveries; what was acknowledged must arrive, what arrives twice
// is counted.
#pragma once

#include <string>

namespace tocsin::bench {

/// Starts `tocsin serve --dev` on `data` itself, over and over. Whether nothing was lost.
bool run_kill_campaign(const std::string& tocsin, const std::string& data);

}  // namespace tocsin::bench
