// Signs what goes to HTTP/S endpoints and queues, so that receivers can tell it is ours.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::communicate {

/// An RSA key of 2048 bits with a self-signed certificate. Immutable; threads: any.
class NotificationSigner {
 public:
  /// Makes a key whose certificate holds for ten years from `now`; a second of CPU at worst.
  static Result<NotificationSigner> generate(Instant now);
  static Result<NotificationSigner> from_pem(const std::string& key_pem, const std::string& certificate_pem);

  /// Base64. Version "1" is SHA1withRSA, "2" SHA256withRSA.
  std::string sign(std::string_view text, std::string_view version) const;
  /// For links that act without a signed call: a keyed digest of `text`, good in URLs. Whoever did not get it from us cannot make it.
  std::string link_signature(std::string_view text) const;
  const std::string& key_pem() const { return key_pem_; }
  const std::string& certificate_pem() const { return certificate_pem_; }
  /// Begins with a slash; its hash is the certificate's.
  std::string certificate_path() const;

 private:
  NotificationSigner(std::shared_ptr<void> key, std::string key_pem, std::string certificate_pem)
      : key_(std::move(key)),
        key_pem_(std::move(key_pem)),
        certificate_pem_(std::move(certificate_pem)),
        link_key_(make_link_key(key_pem_)) {}
  static std::string make_link_key(const std::string& key_pem);
  std::shared_ptr<void> key_;
  std::string key_pem_;
  std::string certificate_pem_;
  std::string link_key_;
};

/// `Key\nValue\n` of the members that are signed, in byte order of their names: those of a Notification, or of a confirmation.
std::string text_to_sign(const Document& message);

}  // namespace tocsin::communicate
