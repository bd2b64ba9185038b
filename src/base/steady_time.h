// Time that nobody can set: for spans that must be what they are, whatever the clock says.
#pragma once

#include "base/clock.h"

namespace tocsin {

/// Since some moment in the past; never goes back. Thread-safe.
Duration steady_time();

}  // namespace tocsin
