// One conversation in which mail comes in, as a function of the bytes: RFC 5321. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::wire {

struct IncomingMail {
  std::string from;  ///< the envelope's; empty for a report
  std::vector<std::string> to;
  std::string data;  ///< dots unstuffed
};

class SmtpReceiving {
 public:
  explicit SmtpReceiving(std::string host_name);
  /// Bytes of the peer.
  void feed(std::string_view bytes);
  /// What is to be sent.
  std::string take_output();
  /// A mail that is whole. Nothing more is read until `answer`.
  std::optional<IncomingMail> take_mail();
  /// Whether it was kept.
  void answer(bool kept);
  bool is_over() const { return over_; }

 private:
  void proceed();
  void take_line(std::string_view line);
  void command(std::string_view line);
  void take_data(std::string_view line);
  void reply(std::string_view text) { output_ += std::string(text) + "\r\n"; }
  void begin_anew();

  const std::string host_name_;
  std::string input_, output_;
  IncomingMail mail_;
  std::optional<IncomingMail> whole_;
  bool greeted_ = false, has_sender_ = false, in_data_ = false, too_long_ = false, waiting_ = false, over_ = false;
};

}  // namespace tocsin::wire
