// Carries a parcel as one e-mail.
//
// Content of a parcel:
//   {"to": "a@b.example" or ["…", …], "subject": "…", "text": "…",       required
//    "html": "…", "from": "…", "reply_to": "…", "headers": {"X-…": "…"},  optional; from: the carrier's
//    "message_id": "…",                                                   default PARCEL-ID@the domain of from: a repeated try is the same
//    mail "in_reply_to": "…", "references": ["…", …]}                          the thread it belongs to
// Outcome: accepted by the server: delivered; 4yz, no answer, and a server that wants (other) credentials: try_again; 5yz, or a content
// that is no mail (addresses, line ends in header fields): refused.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "delivery/carrier.h"

namespace tocsin::delivery {

struct SmtpCarrierOptions {
  /// smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://… With a user, TLS is required (STARTTLS for smtp://) and the certificate checked,
  /// except to a loopback address; without, STARTTLS is used when it is offered, with any certificate.
  std::string url;
  std::string from;             ///< "Tocsin <tocsin@example.com>"
  std::string ca_file;          ///< PEM authorities to trust; empty: the system's
  std::string bounces_to = {};  ///< the envelope's sender; empty: that of the mail
  Duration connect_timeout = std::chrono::seconds(5);
  Duration total_timeout = std::chrono::seconds(30);
};

/// Error invalid, without the password, when the URL cannot be used.
Result<void> check_smtp_url(const std::string& url);

/// Connects, encrypts and authenticates as for a mail, and leaves again. Blocks up to the connect time-out and some seconds. Error
/// unavailable, with the fault.
Result<void> probe_smtp_server(const SmtpCarrierOptions& options);

/// libcurl waits for a mail server's last word without doing anything else, so each mail that is under way has a thread of its own: one
/// that hangs delays no other. A thread keeps its connection for the next mail.
class SmtpCarrier final : public Carrier {
 public:
  /// `clock` dates the mails.
  SmtpCarrier(SmtpCarrierOptions options, const Clock& clock);
  /// Ends what is under way, within two seconds.
  ~SmtpCarrier() override;
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

 private:
  struct Lines;
  const SmtpCarrierOptions options_;
  const Clock& clock_;
  std::unique_ptr<Lines> lines_;
};

}  // namespace tocsin::delivery
