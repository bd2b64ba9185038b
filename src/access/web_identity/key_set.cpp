#include "access/web_identity/key_set.h"

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <array>
#include <boost/json.hpp>
#include <memory>

#include "base/document.h"
#include "base/encoding.h"
#include "base/freed.h"

namespace tocsin::access {
namespace {

constexpr std::size_t keys_max = 100;
constexpr std::size_t modulus_bytes_min = 256;
constexpr std::size_t modulus_bytes_max = 1024;

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Context = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;
using Number = std::unique_ptr<BIGNUM, Freed<BN_free>>;

struct Curve {
  std::string_view name;
  const char* group;
  std::size_t bytes;
  std::string_view algorithm;
};
constexpr std::array<Curve, 3> curves{{{"P-256", "P-256", 32, "ES256"}, {"P-384", "P-384", 48, "ES384"}, {"P-521", "P-521", 66, "ES512"}}};

const Curve* curve_of(const std::string& name) {
  for (const Curve& curve : curves)
    if (curve.name == name) return &curve;
  return nullptr;
}

const unsigned char* bytes(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }
Number number(std::string_view text) { return Number(BN_bin2bn(bytes(text), static_cast<int>(text.size()), nullptr)); }

// base64url; some providers pad it
std::string decoded(std::string text) {
  for (char& c : text) c = c == '-' ? '+' : c == '_' ? '/' : c;
  while (!text.empty() && text.back() == '=') text.pop_back();
  while (text.size() % 4 != 0) text += '=';
  return from_base64(text).value_or("");
}

Key built(const char* type, OSSL_PARAM_BLD* builder) {
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder));
  const Context context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!parameters || !context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters.get()) != 1)
    return nullptr;
  return Key(made);
}

Key rsa_key(const PublicKey& key) {
  if (key.modulus.size() < modulus_bytes_min || key.modulus.size() > modulus_bytes_max || key.exponent.empty() || key.exponent.size() > 8)
    return nullptr;
  const Number n = number(key.modulus), e = number(key.exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get());
  OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get());
  return built("RSA", builder.get());
}

std::string padded(const std::string& number, std::size_t size) {
  return number.size() >= size ? number : std::string(size - number.size(), '\0') + number;
}

Key ec_key(const PublicKey& key, const Curve& curve) {
  if (key.x.empty() || key.y.empty() || key.x.size() > curve.bytes || key.y.size() > curve.bytes) return nullptr;
  const std::string point = '\x04' + padded(key.x, curve.bytes) + padded(key.y, curve.bytes);
  const Builder builder(OSSL_PARAM_BLD_new());
  OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, curve.group, 0);
  OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size());
  return built("EC", builder.get());
}

const EVP_MD* digest_of(std::string_view algorithm) {
  if (algorithm.ends_with("256")) return EVP_sha256();
  if (algorithm.ends_with("384")) return EVP_sha384();
  return algorithm.ends_with("512") ? EVP_sha512() : nullptr;
}

// JWS has r and s side by side, OpenSSL wants them as ASN.1
std::string der_of(std::string_view signature) {
  const std::size_t half = signature.size() / 2;
  const std::unique_ptr<ECDSA_SIG, Freed<ECDSA_SIG_free>> made(ECDSA_SIG_new());
  ECDSA_SIG_set0(made.get(), number(signature.substr(0, half)).release(), number(signature.substr(half)).release());
  unsigned char* out = nullptr;
  const int size = i2d_ECDSA_SIG(made.get(), &out);
  std::string der(reinterpret_cast<char*>(out), size > 0 ? static_cast<std::size_t>(size) : 0);
  OPENSSL_free(out);
  return der;
}

bool verified(EVP_PKEY* key, std::string_view algorithm, std::string_view text, std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  return key && EVP_DigestVerifyInit(context.get(), nullptr, digest_of(algorithm), nullptr, key) == 1 &&
         EVP_DigestVerify(context.get(), bytes(signature), signature.size(), bytes(text), text.size()) == 1;
}

}  // namespace

Result<KeySet> parse_key_set(std::string_view json) {
  const auto document = parse_json(json);
  if (!document || !document->is_object()) return fail(ErrorKind::invalid, "The provider's keys are no JSON object.");
  KeySet out;
  for (const Document& entry : array_at(*document, "keys")) {
    if (text_or(entry, "use", "sig") != "sig" || out.keys.size() >= keys_max) continue;
    PublicKey key{
        .id = text_or(entry, "kid"), .type = text_or(entry, "kty"), .algorithm = text_or(entry, "alg"), .curve = text_or(entry, "crv")};
    key.modulus = decoded(text_or(entry, "n"));
    key.exponent = decoded(text_or(entry, "e"));
    key.x = decoded(text_or(entry, "x"));
    key.y = decoded(text_or(entry, "y"));
    if (key.type == "RSA" || key.type == "EC") out.keys.push_back(std::move(key));
  }
  return out;
}

Result<std::string> key_set_url(std::string_view configuration_json) {
  const auto document = parse_json(configuration_json);
  const auto url = document ? text_at(*document, "jwks_uri") : std::nullopt;
  if (!url) return fail(ErrorKind::invalid, "The provider's configuration names no jwks_uri.");
  return std::string(*url);
}

bool signature_holds(const PublicKey& key, std::string_view algorithm, std::string_view text, std::string_view signature) {
  if (!key.algorithm.empty() && key.algorithm != algorithm) return false;
  if (key.type == "RSA") {
    if (algorithm != "RS256" && algorithm != "RS384" && algorithm != "RS512") return false;
    return verified(rsa_key(key).get(), algorithm, text, signature);
  }
  const Curve* curve = curve_of(key.curve);
  if (key.type != "EC" || !curve || curve->algorithm != algorithm || signature.size() != 2 * curve->bytes) return false;
  return verified(ec_key(key, *curve).get(), algorithm, text, der_of(signature));
}

}  // namespace tocsin::access
