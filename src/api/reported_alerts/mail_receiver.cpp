#include "api/reported_alerts/mail_receiver.h"

#include "detect/reports/alert_mail.h"
#include "wire/mail_in/mail_text.h"

namespace tocsin::api {

void MailReceiver::take(wire::ReceivedMail mail, std::string, std::function<void(wire::MailVerdict)> answer) {
  state_.submit([this, mail = std::move(mail)] { return keep(mail); },
                [answer = std::move(answer)](Result<void> done) {
                  if (done) return answer({});
                  const bool never = done.error().kind == ErrorKind::denied || done.error().kind == ErrorKind::invalid;
                  answer({never ? 550 : 451, done.error().message});
                });
}

Result<Scope> MailReceiver::scope_of(const wire::ReceivedMail& mail) {
  std::string secret = mail.password;
  for (const std::string& recipient : mail.recipients) {
    const std::size_t plus = recipient.find('+'), at = recipient.rfind('@');
    if (secret.empty() && plus != std::string::npos && (at == std::string::npos || plus < at))
      secret = recipient.substr(plus + 1, at - plus - 1);
  }
  // --dev listens on loopback only
  if (secret.empty() && settings_.dev) return settings_.dev_scope;
  const auto key = keys_.verify("Bearer " + secret, access::Signal::webhooks);
  if (!key) return std::unexpected(key.error());
  return key->scope;
}

Result<void> MailReceiver::keep(const wire::ReceivedMail& mail) {
  const auto scope = scope_of(mail);
  if (!scope) return std::unexpected(scope.error());
  const wire::MailText read = wire::read_mail(mail.bytes);
  const auto alert = detect::read_alert_mail(read.from.empty() ? mail.sender : read.from, read.subject, read.text);
  if (!alert) return fail(ErrorKind::invalid, "the mail has no subject");
  reports_.take(*scope, *alert);
  return {};
}

}  // namespace tocsin::api
