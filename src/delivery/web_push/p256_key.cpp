#include "delivery/web_push/p256_key.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "base/digest.h"
#include "base/freed.h"

namespace tocsin::delivery {
namespace {

using PKey = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using PKeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;

constexpr std::size_t number_bytes = 32, point_bytes = 65;

const unsigned char* bytes_of(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
unsigned char* bytes_of(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

PKey make_key(std::string_view point, std::string_view number) {
  const std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>> builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "prime256v1", 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  const Number secret(number.empty() ? nullptr : BN_bin2bn(bytes_of(number), static_cast<int>(number.size()), nullptr));
  if (secret) OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret.get());
  const std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>> params(OSSL_PARAM_BLD_to_param(builder.get()));
  const PKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* made = nullptr;
  if (!params || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, number.empty() ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR, params.get()) != 1)
    return nullptr;
  return PKey(made);
}

bool is_pair(EVP_PKEY* key) {
  const PKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  return EVP_PKEY_pairwise_check(context.get()) == 1;
}

}  // namespace

Result<P256Key> P256Key::generate() {
  const PKey key(EVP_EC_gen("prime256v1"));
  if (!key) return fail(ErrorKind::internal, "no key could be made");
  P256Key out;
  out.public_.resize(point_bytes);
  std::size_t size = 0;
  EVP_PKEY_get_octet_string_param(key.get(), OSSL_PKEY_PARAM_PUB_KEY, bytes_of(out.public_), out.public_.size(), &size);
  BIGNUM* number = nullptr;
  EVP_PKEY_get_bn_param(key.get(), OSSL_PKEY_PARAM_PRIV_KEY, &number);
  const Number secret(number);
  out.private_.resize(number_bytes);
  BN_bn2binpad(secret.get(), bytes_of(out.private_), number_bytes);
  return from_raw(out.private_, out.public_);
}

Result<P256Key> P256Key::from_raw(std::string_view private_number, std::string_view public_point) {
  if (private_number.size() != number_bytes || public_point.size() != point_bytes)
    return fail(ErrorKind::invalid, "a key has the wrong length");
  PKey key = make_key(public_point, private_number);
  if (!key || !is_pair(key.get())) return fail(ErrorKind::invalid, "the two keys are no pair of P-256");
  P256Key out;
  out.public_ = public_point;
  out.private_ = private_number;
  out.key_ = std::shared_ptr<void>(key.release(), [](void* owned) { EVP_PKEY_free(static_cast<EVP_PKEY*>(owned)); });
  return out;
}

Result<std::string> P256Key::shared_secret(std::string_view peer_point) const {
  const PKey peer = peer_point.size() == point_bytes ? make_key(peer_point, {}) : nullptr;
  const PKeyContext context(EVP_PKEY_CTX_new_from_pkey(nullptr, static_cast<EVP_PKEY*>(key_.get()), nullptr));
  std::string secret(number_bytes, '\0');
  std::size_t size = secret.size();
  if (!peer || EVP_PKEY_derive_init(context.get()) != 1 || EVP_PKEY_derive_set_peer(context.get(), peer.get()) != 1 ||
      EVP_PKEY_derive(context.get(), bytes_of(secret), &size) != 1)
    return fail(ErrorKind::invalid, "the subscription's key is no point of P-256");
  return secret;
}

Result<std::string> P256Key::sign(std::string_view text) const {
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  std::string der(128, '\0');
  std::size_t size = der.size();
  if (EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, static_cast<EVP_PKEY*>(key_.get())) != 1 ||
      EVP_DigestSign(context.get(), bytes_of(der), &size, bytes_of(text), text.size()) != 1)
    return fail(ErrorKind::internal, "the token could not be signed");
  const unsigned char* at = bytes_of(std::string_view(der));
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> signature(d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(size)));
  std::string out(2 * number_bytes, '\0');
  BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), bytes_of(out), number_bytes);
  BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), bytes_of(out) + number_bytes, number_bytes);
  return out;
}

std::string hkdf_sha256(std::string_view salt, std::string_view key, std::string_view info, std::size_t length) {
  const std::string extracted = hmac_sha256(salt, key);
  return hmac_sha256(extracted, std::string(info) + '\x01').substr(0, length);
}

}  // namespace tocsin::delivery
