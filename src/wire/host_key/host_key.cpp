#include "wire/host_key/host_key.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <memory>

#include "base/encoding.h"
#include "base/freed.h"

namespace tocsin::wire {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

constexpr int key_bits = 2048;
constexpr int salt_bytes = 32;

Key read_public(std::string_view public_key) {
  const auto der = from_base64(public_key);
  if (!der) return nullptr;
  const auto* at = reinterpret_cast<const unsigned char*>(der->data());
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der->size())));
  return key && EVP_PKEY_base_id(key.get()) == EVP_PKEY_RSA && EVP_PKEY_bits(key.get()) >= key_bits ? std::move(key) : nullptr;
}

Key read_private(std::string_view pem) {
  Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

bool use_pss(EVP_PKEY_CTX* context) {
  return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) > 0 && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, salt_bytes) > 0 &&
         EVP_PKEY_CTX_set_rsa_mgf1_md(context, EVP_sha256()) > 0;
}

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

std::string contents(BIO* bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

Result<HostKey> make_host_key() {
  const Key key(EVP_RSA_gen(key_bits));
  Bio pem(BIO_new(BIO_s_mem())), der(BIO_new(BIO_s_mem()));
  if (!key || !PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) || !i2d_PUBKEY_bio(der.get(), key.get()))
    return fail(ErrorKind::internal, "no RSA key could be made");
  return HostKey{contents(pem.get()), to_base64(contents(der.get()))};
}

bool is_host_public_key(std::string_view public_key) { return read_public(public_key) != nullptr; }

Result<std::string> sign_as_host(std::string_view private_key_pem, std::string_view text) {
  const Key key = read_private(private_key_pem);
  DigestContext digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  if (!key || EVP_DigestSignInit(digest.get(), &context, EVP_sha256(), nullptr, key.get()) <= 0 || !use_pss(context))
    return fail(ErrorKind::invalid, "the host's private key cannot be used");
  std::size_t length = 0;
  EVP_DigestSign(digest.get(), nullptr, &length, bytes_of(text), text.size());
  std::string signature(length, '\0');
  if (EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &length, bytes_of(text), text.size()) <= 0)
    return fail(ErrorKind::internal, "the host's signature could not be made");
  signature.resize(length);
  return to_base64(signature);
}

bool host_signature_holds(std::string_view public_key, std::string_view text, std::string_view signature) {
  const Key key = read_public(public_key);
  const auto raw = from_base64(signature);
  DigestContext digest(EVP_MD_CTX_new());
  EVP_PKEY_CTX* context = nullptr;
  if (!key || !raw || EVP_DigestVerifyInit(digest.get(), &context, EVP_sha256(), nullptr, key.get()) <= 0 || !use_pss(context)) return false;
  return EVP_DigestVerify(digest.get(), bytes_of(*raw), raw->size(), bytes_of(text), text.size()) == 1;
}

}  // namespace tocsin::wire
