#include "access/credentials/secret_box.h"

#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <memory>

#include "base/digest.h"
#include "base/encoding.h"

namespace tocsin::access {
namespace {

constexpr std::size_t nonce_size = 12;
constexpr std::size_t tag_size = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

unsigned char* bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string random_bytes(Random& random, std::size_t size) {
  std::string out(size, '\0');
  random.fill(std::as_writable_bytes(std::span(out.data(), out.size())));
  return out;
}

Result<std::string> read_key(int file) {
  std::string text(2 * SecretBox::key_size, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const ssize_t got = ::read(file, text.data() + filled, text.size() - filled);
    if (got <= 0) break;
    filled += static_cast<std::size_t>(got);
  }
  auto key = from_hex(std::string_view(text).substr(0, filled));
  if (!key || key->size() != SecretBox::key_size) return fail(ErrorKind::invalid, "The key file does not hold 64 hexadecimal digits.");
  return *key;
}

}  // namespace

SecretBox::SecretBox(std::string key, Random& random) : key_(std::move(key)), random_(random) {
  // a shorter key would be read past its end
  if (key_.size() != key_size) std::abort();
}

std::string SecretBox::seal(std::string_view secret, std::string_view context) const {
  const std::string nonce = random_bytes(random_, nonce_size);
  std::string cipher(secret.size(), '\0'), tag(tag_size, '\0');
  const Context state(EVP_CIPHER_CTX_new());
  int length = 0;
  EVP_EncryptInit_ex(state.get(), EVP_aes_256_gcm(), nullptr, bytes(std::string_view(key_)), bytes(std::string_view(nonce)));
  EVP_EncryptUpdate(state.get(), nullptr, &length, bytes(context), static_cast<int>(context.size()));
  EVP_EncryptUpdate(state.get(), bytes(cipher), &length, bytes(secret), static_cast<int>(secret.size()));
  EVP_EncryptFinal_ex(state.get(), bytes(cipher) + length, &length);
  EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_GCM_GET_TAG, tag_size, tag.data());
  return to_base64(nonce + cipher + tag);
}

Result<std::string> SecretBox::open(std::string_view sealed, std::string_view context) const {
  const auto raw = from_base64(sealed);
  if (!raw || raw->size() < nonce_size + tag_size) return fail(ErrorKind::internal, "A stored secret is damaged.");
  const std::string_view all(*raw);
  const std::string_view cipher = all.substr(nonce_size, all.size() - nonce_size - tag_size);
  std::string tag(all.substr(all.size() - tag_size)), clear(cipher.size(), '\0');
  const Context state(EVP_CIPHER_CTX_new());
  int length = 0;
  EVP_DecryptInit_ex(state.get(), EVP_aes_256_gcm(), nullptr, bytes(std::string_view(key_)), bytes(all));
  EVP_DecryptUpdate(state.get(), nullptr, &length, bytes(context), static_cast<int>(context.size()));
  EVP_DecryptUpdate(state.get(), bytes(clear), &length, bytes(cipher), static_cast<int>(cipher.size()));
  EVP_CIPHER_CTX_ctrl(state.get(), EVP_CTRL_GCM_SET_TAG, tag_size, tag.data());
  if (EVP_DecryptFinal_ex(state.get(), bytes(clear) + length, &length) != 1)
    return fail(ErrorKind::internal, "A stored secret was not sealed with this server's key.");
  return clear;
}

Result<std::string> read_or_make_key_file(const std::string& path, Random& random) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file >= 0) {
    auto key = read_key(file);
    ::close(file);
    return key;
  }
  if (errno != ENOENT) return fail(ErrorKind::unavailable, "The key file " + path + " cannot be read: " + std::strerror(errno));
  const std::string key = random_bytes(random, SecretBox::key_size), text = to_hex(key);
  file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  const bool written = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  const std::string reason = written ? "" : std::strerror(errno);
  if (file >= 0) ::close(file);
  if (!written) return fail(ErrorKind::unavailable, "The key file " + path + " cannot be written: " + reason);
  return key;
}

std::string derived_key(const std::string& server_key, std::string_view use) { return hmac_sha256(server_key, use); }

}  // namespace tocsin::access
