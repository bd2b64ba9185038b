// The agent's calls to its server: JSON 1.1 operations of AmazonSSM, and the control channel's token. Blocks; one thread at a time.
#pragma once

#include <optional>
#include <string>

#include "agent/host_facts.h"
#include "agent/registration.h"
#include "base/clock.h"
#include "base/document.h"
#include "base/random.h"
#include "wire/sigv4/signer.h"

namespace tocsin::agent {

struct HttpAnswer {
  long status = 0;
  std::string body;
};

class ServerClient {
 public:
  ServerClient(Registration registration, const Clock& clock, Random& random) : registration_(std::move(registration)), clock_(clock), random_(random) {}

  /// Registers with an activation; the instance id. `denied` when the server refuses the activation.
  Result<std::string> register_instance(const std::string& activation_id, const std::string& code, const std::string& public_key);
  /// Asks for credentials with the host's key, and keeps them for the calls below.
  Result<void> refresh_credentials();
  /// Whether the credentials are past half their life, or there are none.
  bool credentials_need_refresh() const;
  Result<void> ping(const HostFacts& facts);
  /// Sends the JSON of a PutMetricData with the host's credentials, asking for new ones when they have aged. `invalid`: it can never be taken.
  Result<void> put_metric_data(const std::string& body);
  /// An operation of CloudWatch Logs with the host's credentials. The error's `reason` is the service's code; `invalid`: it can never be
  /// taken; `unavailable`: whether it was carried out is not known.
  Result<Document> call_logs(const std::string& operation, const Object& input);
  /// The token that opens the control channel.
  Result<std::string> control_channel_token();
  /// ws(s)://…/v1/control-channel/mi-…
  std::string control_channel_url() const;
  const Registration& registration() const { return registration_; }

 private:
  enum class Signature { none, host_key, credentials };
  Result<Document> call(std::string_view operation, const Object& input, Signature signature);
  Result<HttpAnswer> post(const std::string& path, const std::string& target, const std::string& body, Signature signature, std::string_view service);

  Registration registration_;
  const Clock& clock_;
  Random& random_;
  std::optional<wire::sigv4::Credentials> credentials_;
  Instant refresh_at_{};
};

}  // namespace tocsin::agent
