// One connection to a message centre as a state machine: bytes and moments in, bytes and happenings out. Pure. SMPP v3.4 §2.2.
#pragma once

#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "delivery/smpp/pdu.h"
#include "delivery/smpp/receipt.h"

namespace tocsin::delivery::smpp {

struct SessionOptions {
  Bind bind;
  std::string from;  ///< whom texts come from: "+49…", a short number or up to eleven letters
  std::size_t window_max = 10;
  Duration answer_time_max = std::chrono::seconds(10);
  Duration enquire_every = std::chrono::seconds(30);
};

struct Happening {
  enum class Kind { bound, taken, refused, failed, receipt, incoming, down };
  Kind kind;
  std::string token;  ///< of submit()
  std::vector<std::string> message_ids;
  std::string words;  ///< why; what came in
  Receipt receipt;
  std::string from;  ///< who sent what came in: "+49…"
};

class SmppSession {
 public:
  SmppSession(SessionOptions options, Instant now);

  /// Queued until bound and the window has room.
  /// `from`: instead of the options'; empty: theirs.
  void submit(std::string token, const std::string& to, std::string_view text, Instant now, const std::string& from = {});
  void feed(std::string_view bytes, Instant now);
  /// What is due: an enquiry when it was silent, an end when no answer came. To be called at `next_due`.
  void tick(Instant now);
  Instant next_due() const;
  void unbind();

  std::string take_output() { return std::exchange(output_, {}); }
  std::vector<Happening> take_happenings() { return std::exchange(happenings_, {}); }
  bool is_bound() const { return bound_; }
  bool is_down() const { return down_; }
  /// The connection ended: everything that was asked and not answered has failed for now.
  void end(const std::string& why);

 private:
  struct Asked {
    Command command;
    std::string token;
    Instant until;
  };
  struct Waiting {
    std::string token;
    std::string body;
  };
  struct Message {
    std::size_t parts_left = 0;
    std::vector<std::string> ids;
  };
  void ask(Command command, std::string body, std::string token, Instant now);
  void answer(const Pdu& pdu, std::string body = {});
  void handle(const Pdu& pdu, Instant now);
  void handle_answer(const Asked& asked, const Pdu& pdu, Instant now);
  void handle_submitted(const Asked& asked, const Pdu& pdu);
  void handle_message(const Pdu& pdu);
  void pump(Instant now);

  const SessionOptions options_;
  PduReader reader_;
  std::string output_;
  std::vector<Happening> happenings_;
  std::map<std::uint32_t, Asked> asked_;
  std::deque<Waiting> waiting_;
  std::map<std::string, Message> messages_;
  std::uint32_t sequence_ = 0;
  std::uint8_t reference_ = 0;
  bool bound_ = false, down_ = false;
  Instant heard_;
};

}  // namespace tocsin::delivery::smpp
