// The models that the binary carries, each unpacked and read on first use.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/aws/service_model.h"

namespace tocsin::wire {

/// What routing needs to know of a service before its model is read.
struct ServiceSummary {
  std::string name;
  std::string api_version;
  std::string service_id;
  std::string signing_name;
  std::string target_prefix;
  std::vector<std::string> protocols;  ///< as the model names them
  std::vector<std::string> actions;    ///< sorted operation names, of services that speak query
};

/// Thread-safe. Models live as long as this object.
class ServiceModels {
 public:
  /// Over the archive embedded in this program.
  ServiceModels();
  /// Over an archive in memory that outlives this object; for tests. A broken archive holds no services.
  explicit ServiceModels(std::string_view archive);
  ~ServiceModels();

  const std::vector<ServiceSummary>& summaries() const { return summaries_; }
  /// nullptr when there is no such service.
  const ServiceModel* find(std::string_view name) const;

 private:
  struct Entry;
  std::string_view blobs_;
  std::vector<ServiceSummary> summaries_;
  std::vector<std::unique_ptr<Entry>> entries_;
};

}  // namespace tocsin::wire
