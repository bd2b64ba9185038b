// Web servers of others, which take what the server posts to them.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/executor.h"
#include "delivery/carrier.h"

namespace tocsin::simulation {

struct Hook {
  std::string parcel_id, url, body;
  Document json;  ///< of the body; null when it is none
  Instant at;
};

class Webhooks final : public delivery::Carrier {
 public:
  explicit Webhooks(Executor& world) : world_(world) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

  std::vector<Hook> received(std::string_view url, std::string_view type = {}) const;
  void empty() { hooks_.clear(); }
  Duration takes = std::chrono::milliseconds(20);
  /// The status that a URL answers with; 200 when it is not here.
  std::map<std::string, int> status_of;
  std::function<void(const Hook&)> on_hook = [](const Hook&) {};

 private:
  Executor& world_;
  std::vector<Hook> hooks_;
};

/// Whether an SNS message is signed by the key of this certificate (PEM).
/// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
bool notification_signature_holds(const Document& message, const std::string& certificate_pem);

}  // namespace tocsin::simulation
