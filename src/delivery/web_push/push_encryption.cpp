#include "delivery/web_push/push_encryption.h"

#include <openssl/evp.h>

namespace tocsin::delivery {
namespace {

constexpr int tag_bytes = 16;
constexpr unsigned record_bytes = 4096;

Result<std::string> seal(std::string_view key, std::string_view nonce, std::string_view text) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  const auto bytes = [](std::string_view part) { return reinterpret_cast<const unsigned char*>(part.data()); };
  std::string out(text.size() + tag_bytes, '\0');
  auto* into = reinterpret_cast<unsigned char*>(out.data());
  int size = 0, rest = 0;
  const bool done = EVP_EncryptInit_ex(context.get(), EVP_aes_128_gcm(), nullptr, bytes(key), bytes(nonce)) == 1 &&
                    EVP_EncryptUpdate(context.get(), into, &size, bytes(text), static_cast<int>(text.size())) == 1 &&
                    EVP_EncryptFinal_ex(context.get(), into + size, &rest) == 1 &&
                    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, into + text.size()) == 1;
  if (!done) return fail(ErrorKind::internal, "the message could not be encrypted");
  return out;
}

}  // namespace

Result<std::string> encrypt_push(std::string_view text, const PushSubscription& subscription, const P256Key& sender,
                                 std::string_view salt) {
  if (text.size() > push_payload_bytes_max) return fail(ErrorKind::invalid, "the message is too long for a push");
  if (subscription.auth.size() != 16) return fail(ErrorKind::invalid, "the subscription's secret is not 16 bytes");
  const auto secret = sender.shared_secret(subscription.p256dh);
  if (!secret) return std::unexpected(secret.error());
  // RFC 8291 §3.4
  const std::string info = std::string("WebPush: info\0", 14) + subscription.p256dh + sender.public_point();
  const std::string key = hkdf_sha256(subscription.auth, *secret, info, 32);
  const std::string content_key = hkdf_sha256(salt, key, std::string_view("Content-Encoding: aes128gcm\0", 28), 16);
  const std::string nonce = hkdf_sha256(salt, key, std::string_view("Content-Encoding: nonce\0", 24), 12);
  const auto sealed = seal(content_key, nonce, std::string(text) + '\x02');
  if (!sealed) return sealed;
  std::string header(salt);
  for (const int shift : {24, 16, 8, 0}) header += static_cast<char>(record_bytes >> shift & 0xff);
  header += static_cast<char>(sender.public_point().size());
  return header + sender.public_point() + *sealed;
}

}  // namespace tocsin::delivery
