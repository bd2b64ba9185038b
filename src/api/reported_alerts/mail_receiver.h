// Mail that reports alerts. Whose it is says an ingest key with the signal "webhooks": the password of AUTH, or what stands behind the plus
// of a recipient, as in alerts+tik_…@host.
#pragma once

#include "api/reported_alerts/alert_receiver.h"
#include "wire/mail_in/smtp_server.h"

namespace tocsin::api {

/// Everything referred to outlives it. `take` may be called from any thread; the work is done on the StateExecutor.
class MailReceiver {
 public:
  MailReceiver(storage::StateExecutor& state, access::IngestKeyStore& keys, detect::Reports& reports, AlertReceiverSettings settings)
      : state_(state), keys_(keys), reports_(reports), settings_(std::move(settings)) {}
  void take(wire::ReceivedMail mail, std::string peer_address, std::function<void(wire::MailVerdict)> answer);

 private:
  Result<Scope> scope_of(const wire::ReceivedMail& mail);
  Result<void> keep(const wire::ReceivedMail& mail);

  storage::StateExecutor& state_;
  access::IngestKeyStore& keys_;
  detect::Reports& reports_;
  const AlertReceiverSettings settings_;
};

}  // namespace tocsin::api
