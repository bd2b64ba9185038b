// An identity provider of the tests' own: makes its keys, publishes them and signs tokens.
#pragma once

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <boost/json.hpp>

#include "base/document.h"
#include "base/encoding.h"

namespace tocsin::access::testing_provider {

class SigningProvider {
 public:
  /// "RSA" or "P-256".
  explicit SigningProvider(const std::string& kind) : key_(kind == "RSA" ? EVP_RSA_gen(2048) : EVP_EC_gen(kind.c_str())), kind_(kind) {}
  ~SigningProvider() { EVP_PKEY_free(key_); }
  SigningProvider(const SigningProvider&) = delete;

  Document published(const std::string& id) const {
    if (kind_ == "RSA")
      return Object{{"kty", "RSA"},
                    {"use", "sig"},
                    {"kid", id},
                    {"alg", "RS256"},
                    {"n", number(OSSL_PKEY_PARAM_RSA_N)},
                    {"e", number(OSSL_PKEY_PARAM_RSA_E)}};
    return Object{{"kty", "EC"},
                  {"use", "sig"},
                  {"kid", id},
                  {"crv", kind_},
                  {"x", number(OSSL_PKEY_PARAM_EC_PUB_X)},
                  {"y", number(OSSL_PKEY_PARAM_EC_PUB_Y)}};
  }

  std::string token(const std::string& id, const Document& claims) const {
    const std::string text = to_base64url(to_json(Object{{"alg", kind_ == "RSA" ? "RS256" : "ES256"}, {"kid", id}, {"typ", "JWT"}})) + '.' +
                             to_base64url(to_json(claims));
    return text + '.' + to_base64url(signature(text));
  }

 private:
  std::string number(const char* name) const {
    BIGNUM* value = nullptr;
    EVP_PKEY_get_bn_param(key_, name, &value);
    std::string bytes(static_cast<std::size_t>(BN_num_bytes(value)), '\0');
    BN_bn2bin(value, reinterpret_cast<unsigned char*>(bytes.data()));
    BN_free(value);
    return to_base64url(bytes);
  }

  std::string signature(const std::string& text) const {
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_);
    std::size_t size = 1024;
    std::string out(size, '\0');
    EVP_DigestSign(context, reinterpret_cast<unsigned char*>(out.data()), &size, reinterpret_cast<const unsigned char*>(text.data()),
                   text.size());
    EVP_MD_CTX_free(context);
    out.resize(size);
    return kind_ == "RSA" ? out : side_by_side(out);
  }

  static std::string side_by_side(const std::string& der) {
    const auto* at = reinterpret_cast<const unsigned char*>(der.data());
    ECDSA_SIG* parts = d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size()));
    std::string out(64, '\0');
    BN_bn2binpad(ECDSA_SIG_get0_r(parts), reinterpret_cast<unsigned char*>(out.data()), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(parts), reinterpret_cast<unsigned char*>(out.data()) + 32, 32);
    ECDSA_SIG_free(parts);
    return out;
  }

  EVP_PKEY* key_;
  std::string kind_;
};

}  // namespace tocsin::access::testing_provider
