// Where messages begin and end in a stream: "123 <34>1 …" counts octets, else a line is a message; told apart by the first byte of each.
// Pure. https://www.rfc-editor.org/rfc/rfc6587
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tocsin::wire {

class SyslogFraming {
 public:
  static constexpr std::size_t message_bytes_max = 256 * 1024;
  /// The messages that are whole with these bytes. A longer line is cut into several.
  std::vector<std::string> feed(std::string_view bytes);
  /// What stands at the end of the stream without a line's end.
  std::string rest();
  /// A count that cannot be: the stream is of no use any more.
  bool broken() const { return broken_; }

 private:
  std::string waiting_;
  bool broken_ = false;
};

}  // namespace tocsin::wire
