#include "delivery/http/vouched_certificates.h"

#include <curl/curl.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <strings.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/encoding.h"
#include "base/freed.h"

namespace tocsin::delivery {
namespace {

void free_stack(STACK_OF(X509) * stack) { sk_X509_free(stack); }
using Certificates = std::unique_ptr<STACK_OF(X509), Freed<free_stack>>;

std::string fingerprint(const X509* certificate) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (X509_digest(certificate, EVP_sha1(), bytes, &size) != 1) return "";
  return to_hex(std::string_view(reinterpret_cast<const char*>(bytes), size));
}

/// Those of the chain that are named; the stack owns none.
Certificates named_of(STACK_OF(X509) * chain, const std::vector<std::string>& fingerprints) {
  Certificates named(sk_X509_new_null());
  for (int i = 0; i < sk_X509_num(chain); ++i) {
    X509* const certificate = sk_X509_value(chain, i);
    const std::string own = fingerprint(certificate);
    if (std::ranges::any_of(fingerprints,
                            [&](const std::string& each) { return !own.empty() && ::strcasecmp(each.c_str(), own.c_str()) == 0; }))
      sk_X509_push(named.get(), certificate);
  }
  return named;
}

int verify(X509_STORE_CTX* context, void* fingerprints) {
  if (X509_verify_cert(context) == 1) return 1;
  STACK_OF(X509)* const sent = X509_STORE_CTX_get0_untrusted(context);
  const Certificates named = named_of(sent, *static_cast<const std::vector<std::string>*>(fingerprints));
  const std::unique_ptr<X509_STORE_CTX, Freed<X509_STORE_CTX_free>> again(X509_STORE_CTX_new());
  if (sk_X509_num(named.get()) <= 0 || !again || X509_STORE_CTX_init(again.get(), nullptr, X509_STORE_CTX_get0_cert(context), sent) != 1)
    return 0;
  X509_STORE_CTX_set_default(again.get(), "ssl_server");
  X509_STORE_CTX_set_flags(again.get(), X509_V_FLAG_PARTIAL_CHAIN);
  X509_STORE_CTX_set0_trusted_stack(again.get(), named.get());
  if (X509_verify_cert(again.get()) != 1) return 0;
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return 1;
}

CURLcode before_handshake(CURL*, void* tls, void* fingerprints) {
  SSL_CTX_set_cert_verify_callback(static_cast<SSL_CTX*>(tls), verify, fingerprints);
  return CURLE_OK;
}

}  // namespace

void trust_also(void* curl, const std::vector<std::string>& fingerprints) {
  if (fingerprints.empty()) return;
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, before_handshake);
  curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, const_cast<void*>(static_cast<const void*>(&fingerprints)));
  // a resumed session or a kept connection is not verified again
  curl_easy_setopt(curl, CURLOPT_SSL_SESSIONID_CACHE, 0L);
  curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
}

}  // namespace tocsin::delivery
