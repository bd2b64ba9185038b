#include <openssl/evp.h>

#include <stdexcept>

#include "remediate/parameters/secret_cipher.h"

namespace tocsin::remediate {
namespace {

constexpr std::size_t nonce_bytes = 12;
constexpr std::size_t tag_bytes = 16;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

struct ContextDeleter {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, ContextDeleter>;

class AesCipher final : public SecretCipher {
 public:
  AesCipher(std::string key, Random& random) : key_(std::move(key)), random_(random) {
    if (key_.size() != 32) throw std::invalid_argument("the secret key must have 32 bytes");
  }

  std::string seal(std::string_view plain, std::string_view bound) override {
    std::string nonce(nonce_bytes, '\0');
    random_.fill(std::as_writable_bytes(std::span(nonce.data(), nonce.size())));
    const CipherContext context(EVP_CIPHER_CTX_new());
    std::string body(plain.size(), '\0'), tag(tag_bytes, '\0');
    int length = 0;
    EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_), bytes_of(nonce));
    EVP_EncryptUpdate(context.get(), nullptr, &length, bytes_of(bound), static_cast<int>(bound.size()));
    EVP_EncryptUpdate(context.get(), bytes_of(body), &length, bytes_of(plain), static_cast<int>(plain.size()));
    EVP_EncryptFinal_ex(context.get(), bytes_of(tag), &length);
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, tag_bytes, tag.data());
    return nonce + body + tag;
  }

  Result<std::string> open(std::string_view sealed, std::string_view bound) override {
    if (sealed.size() < nonce_bytes + tag_bytes) return refused();
    const std::string_view nonce = sealed.substr(0, nonce_bytes);
    const std::string_view body = sealed.substr(nonce_bytes, sealed.size() - nonce_bytes - tag_bytes);
    std::string tag(sealed.substr(sealed.size() - tag_bytes)), plain(body.size(), '\0');
    const CipherContext context(EVP_CIPHER_CTX_new());
    int length = 0;
    EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key_), bytes_of(nonce));
    EVP_DecryptUpdate(context.get(), nullptr, &length, bytes_of(bound), static_cast<int>(bound.size()));
    EVP_DecryptUpdate(context.get(), bytes_of(plain), &length, bytes_of(body), static_cast<int>(body.size()));
    EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, tag_bytes, tag.data());
    unsigned char rest[16];
    if (EVP_DecryptFinal_ex(context.get(), rest, &length) != 1) return refused();
    return plain;
  }

 private:
  static std::unexpected<Error> refused() {
    return fail(ErrorKind::invalid, "The ciphertext was not sealed by this server's key.", "InvalidKeyId");
  }

  std::string key_;
  Random& random_;
};

}  // namespace

std::unique_ptr<SecretCipher> make_aes_cipher(std::string key, Random& random) {
  return std::make_unique<AesCipher>(std::move(key), random);
}

}  // namespace tocsin::remediate
