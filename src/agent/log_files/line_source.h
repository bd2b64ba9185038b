// Where lines come from, and how to go on there.
#pragma once

#include <string>
#include <vector>

namespace tocsin::agent {

class LineSource {
 public:
  virtual ~LineSource() = default;
  /// Goes on at a place that an earlier run kept; "" is the beginning. Before the first read.
  virtual void go_to(const std::string& place) = 0;
  /// The next whole lines, few enough for one request; none when there are none yet.
  virtual std::vector<std::string> read(std::size_t lines_max, std::size_t bytes_max) = 0;
  /// Behind what was read last.
  virtual std::string place() const = 0;
};

}  // namespace tocsin::agent
