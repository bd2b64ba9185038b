// A listener for mail on a thread of its own: few connections, small mails.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/result.h"
#include "wire/http/listen_address.h"
#include "wire/mail_in/smtp_session.h"

namespace tocsin::wire {

struct MailVerdict {
  int code = 250;  ///< 250 kept, 451 try again, 550 never
  std::string words = "kept";
};

class SmtpServer {
 public:
  /// `answer` is to be called once, from any thread.
  using Take = std::function<void(ReceivedMail mail, std::function<void(MailVerdict)> answer)>;
  SmtpServer(std::vector<ListenAddress> listen, Take take);
  ~SmtpServer();
  /// Binds all, or none. `unavailable`: which, and why.
  Result<void> start();
  void stop();
  /// With the ports that were given for 0.
  std::vector<ListenAddress> bound() const;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
