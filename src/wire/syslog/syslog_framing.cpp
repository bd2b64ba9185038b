#include "wire/syslog/syslog_framing.h"

#include <charconv>
#include <utility>

namespace tocsin::wire {

std::vector<std::string> SyslogFraming::feed(std::string_view bytes) {
  std::vector<std::string> messages;
  waiting_ += bytes;
  std::size_t at = 0;
  while (at < waiting_.size() && !broken_) {
    if (waiting_[at] >= '1' && waiting_[at] <= '9') {
      std::size_t size = 0;
      const char* end = waiting_.data() + waiting_.size();
      const auto [behind, error] = std::from_chars(waiting_.data() + at, end, size);
      if (behind == end && waiting_.size() - at < 8) break;
      const auto begin = static_cast<std::size_t>(behind - waiting_.data()) + 1;
      broken_ = error != std::errc() || behind == end || *behind != ' ' || size > message_bytes_max;
      if (broken_ || begin + size > waiting_.size()) break;
      messages.push_back(waiting_.substr(begin, size));
      at = begin + size;
      continue;
    }
    const std::size_t line_end = waiting_.find('\n', at);
    if (line_end == std::string::npos && waiting_.size() - at <= message_bytes_max) break;
    const std::size_t size = std::min(line_end == std::string::npos ? message_bytes_max : line_end - at, message_bytes_max);
    if (size > 0 && waiting_[at] != '\r') messages.push_back(waiting_.substr(at, size));
    at += size + (at + size < waiting_.size() && waiting_[at + size] == '\n' ? 1 : 0);
  }
  waiting_.erase(0, at);
  return messages;
}

std::string SyslogFraming::rest() { return broken_ ? std::string() : std::exchange(waiting_, {}); }

}  // namespace tocsin::wire
