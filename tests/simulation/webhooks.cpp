#include "simulation/webhooks.h"

#include <vector>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::simulation {

void Webhooks::carry(const std::string& parcel_id, const Document& content, Done done) {
  world_.post_after(takes, [this, parcel_id, content, done = std::move(done)]() mutable {
    const std::string url = text_or(content, "url");
    const auto known = status_of.find(url);
    const int status = known == status_of.end() ? 200 : known->second;
    if (status >= 300)
      return done({.result = status >= 500 ? delivery::CarryResult::try_again : delivery::CarryResult::refused,
                   .error = "HTTP " + std::to_string(status),
                   .status = status});
    Hook hook{parcel_id, url, text_or(content, "body"), nullptr, world_.now()};
    if (auto json = parse_json(hook.body)) hook.json = std::move(*json);
    hooks_.push_back(hook);
    on_hook(hook);
    done({.result = delivery::CarryResult::delivered, .status = status, .answer = Object{{"body", ""}}});
  });
}

std::vector<Hook> Webhooks::received(std::string_view url, std::string_view type) const {
  std::vector<Hook> found;
  for (const Hook& each : hooks_)
    if (each.url == url && (type.empty() || text_or(each.json, "Type") == type)) found.push_back(each);
  return found;
}

namespace {
// written from the service's page, apart from the server's own function
std::string signed_text(const Document& message) {
  const bool notification = text_or(message, "Type") == "Notification";
  std::string text;
  const auto add = [&](const char* name) {
    if (const auto value = text_at(message, name)) text += std::string(name) + '\n' + *value + '\n';
  };
  for (const char* name : {"Message", "MessageId"}) add(name);
  const std::vector<const char*> of_type = notification ? std::vector{"Subject", "Timestamp"} : std::vector{"SubscribeURL", "Timestamp", "Token"};
  for (const char* name : of_type) add(name);
  for (const char* name : {"TopicArn", "Type"}) add(name);
  return text;
}
}  // namespace

bool notification_signature_holds(const Document& message, const std::string& certificate_pem) {
  const auto signature = from_base64(text_or(message, "Signature"));
  if (!signature) return false;
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())),
                                                      BIO_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr), X509_free);
  if (!certificate) return false;
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const EVP_MD* digest = text_or(message, "SignatureVersion") == "2" ? EVP_sha256() : EVP_sha1();
  const std::string text = signed_text(message);
  return EVP_DigestVerifyInit(context.get(), nullptr, digest, nullptr, X509_get0_pubkey(certificate.get())) == 1 &&
         EVP_DigestVerify(context.get(), reinterpret_cast<const unsigned char*>(signature->data()), signature->size(),
                          reinterpret_cast<const unsigned char*>(text.data()), text.size()) == 1;
}

}  // namespace tocsin::simulation
