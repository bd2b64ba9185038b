// Listeners for mail that comes in, on a thread of their own.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "base/executor.h"
#include "base/result.h"
#include "wire/http/listen_address.h"
#include "wire/mail/smtp_receiving.h"

namespace tocsin::wire {

class MailListener {
 public:
  /// `kept` is to be called, from any thread, once: whether the mail is safe. Until then its sender waits.
  using Take = std::function<void(IncomingMail mail, std::move_only_function<void(bool)> kept)>;
  MailListener(std::vector<ListenAddress> listen, std::string host_name, Take take);
  ~MailListener();

  /// Binds all, or none. `unavailable`: which, and why.
  Result<void> start();
  void stop();
  /// With the ports that were given for 0.
  std::vector<ListenAddress> bound() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace tocsin::wire
