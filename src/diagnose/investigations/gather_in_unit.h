// The shape of an evidence source that only reads the state: looked for in one unit of work, told after it.
#pragma once

#include <functional>
#include <vector>

#include "incidents/incidents.h"
#include "storage/state_executor.h"

namespace tocsin::diagnose {

/// `look` runs in a unit of work, whose writes are kept; `done` after its commit, with what it found or why it failed.
void gather_in_unit(storage::StateExecutor& state, std::function<std::vector<incidents::Evidence>()> look, incidents::EvidenceSource::Done done);

}  // namespace tocsin::diagnose
