#include "communicate/topics/notification_signer.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::communicate {
namespace {

constexpr int key_bits = 2048;
constexpr long certificate_seconds = 10L * 365 * 24 * 3600;

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

std::shared_ptr<void> own(EVP_PKEY* key) {
  return {key, [](void* owned) { EVP_PKEY_free(static_cast<EVP_PKEY*>(owned)); }};
}

std::string take(const Bio& bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

std::string make_certificate(EVP_PKEY* key, Instant now) {
  const Certificate certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate.get()), static_cast<std::uint64_t>(to_ms(now)));
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), to_seconds(now));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), to_seconds(now) + certificate_seconds);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>("Tocsin notifications"), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), name);
  X509_sign(certificate.get(), key, EVP_sha256());
  const Bio out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(out.get(), certificate.get());
  return take(out);
}

constexpr const char* notification_members[] = {"Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"};
constexpr const char* confirmation_members[] = {"Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"};

}  // namespace

Result<NotificationSigner> NotificationSigner::generate(Instant now) {
  const auto key = own(EVP_RSA_gen(key_bits));
  if (!key) return fail(ErrorKind::internal, "The signing key of notifications could not be made.");
  const Bio out(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_PrivateKey(out.get(), static_cast<EVP_PKEY*>(key.get()), nullptr, nullptr, 0, nullptr, nullptr);
  return NotificationSigner(key, take(out), make_certificate(static_cast<EVP_PKEY*>(key.get()), now));
}

Result<NotificationSigner> NotificationSigner::from_pem(const std::string& key_pem, const std::string& certificate_pem) {
  const Bio in(BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())), BIO_free);
  const auto key = own(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
  if (!key) return fail(ErrorKind::internal, "The signing key of notifications could not be read.");
  return NotificationSigner(key, key_pem, certificate_pem);
}

std::string NotificationSigner::sign(std::string_view text, std::string_view version) const {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  EVP_DigestSignInit(context.get(), nullptr, version == "2" ? EVP_sha256() : EVP_sha1(), nullptr, static_cast<EVP_PKEY*>(key_.get()));
  std::string signature(key_bits / 8, '\0');
  std::size_t size = signature.size();
  if (EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                     reinterpret_cast<const unsigned char*>(text.data()), text.size()) != 1)
    return {};
  signature.resize(size);
  return to_base64(signature);
}

std::string NotificationSigner::make_link_key(const std::string& key_pem) { return hmac_sha256(key_pem, "links that unsubscribe"); }

std::string NotificationSigner::link_signature(std::string_view text) const { return to_base64url(hmac_sha256(link_key_, text)); }

std::string NotificationSigner::certificate_path() const { return "/SimpleNotificationService-" + to_hex(md5(certificate_pem_)) + ".pem"; }

std::string text_to_sign(const Document& message) {
  std::string out;
  const auto add = [&](const char* name) {
    if (const auto value = text_at(message, name)) out += std::string(name) + "\n" + *value + "\n";
  };
  if (text_or(message, "Type") == "Notification") {
    for (const char* name : notification_members) add(name);
  } else {
    for (const char* name : confirmation_members) add(name);
  }
  return out;
}

}  // namespace tocsin::communicate
