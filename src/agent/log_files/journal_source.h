// The systemd journal, read by journalctl from a cursor on: a JSON line an entry, with the fields that people search by.
#pragma once

#include <functional>

#include "agent/log_files/line_source.h"

namespace tocsin::agent {

class JournalSource final : public LineSource {
 public:
  /// Runs a command and gives what it wrote; the real one is popen.
  using Run = std::function<std::string(const std::string& command)>;
  explicit JournalSource(Run run = {});

  void go_to(const std::string& place) override { cursor_ = place; }
  /// From now on when there is no cursor yet.
  std::vector<std::string> read(std::size_t lines_max, std::size_t bytes_max) override;
  std::string place() const override { return cursor_; }

 private:
  Run run_;
  std::string cursor_;
};

}  // namespace tocsin::agent
