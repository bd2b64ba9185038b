// What of log events is masked. Immutable. Threads: any but for masks_of.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/mask-sensitive-log-data.html
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "telemetry/logs/log_store.h"
#include "telemetry/logs/settings/log_settings.h"

namespace tocsin::telemetry {

class DataMasks {
 public:
  /// Since when each identifier of a policy has been in it.
  using Since = std::map<std::string, std::int64_t>;

  /// Adds what a policy document masks. `invalid` in the service's words, `unsupported` for an identifier that is not offered.
  Result<void> add_policy(const std::string& document, const Since& since);
  bool empty() const { return masks_.empty(); }
  /// The message as it may be shown.
  std::string masked(std::string_view message, std::int64_t ingested_ms) const;
  /// The identifiers of a policy document, in its order. `invalid`.
  static Result<std::vector<std::string>> identifiers(const std::string& document);

 private:
  struct Mask;
  std::vector<std::shared_ptr<const Mask>> masks_;
};

/// Of the group's own policy and of the account's together. On the StateExecutor. Settings hold {"policyDocument": text, "since": {…}}.
DataMasks masks_of(LogSettings& settings, const LogGroup& group);
/// The setting of a policy that follows `before`, at `now_ms`. `invalid`, `unsupported`.
Result<Object> data_protection_setting(const std::string& document, const std::optional<Document>& before, std::int64_t now_ms);

}  // namespace tocsin::telemetry
