// Where a command writes: data to out, progress and faults to err.
#pragma once

#include <ostream>

namespace tocsin::server {

struct Console {
  std::ostream& out;
  std::ostream& err;
};

}  // namespace tocsin::server
