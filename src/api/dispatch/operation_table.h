// Which handler answers which operation, over all services.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "api/call.h"
#include "wire/aws/service_models.h"

namespace tocsin::api {

/// Immutable once built; any thread.
class OperationTable {
 public:
  OperationTable() = default;
  explicit OperationTable(std::vector<Service> services);
  /// nullptr: known to the model perhaps, but not offered.
  const Operation* find(std::string_view service, std::string_view operation) const;

 private:
  std::map<std::string, std::map<std::string, Operation, std::less<>>, std::less<>> operations_;
};

/// "sns.Publsh" for each operation listed that the model does not have: a defect that server/'s test looks for. Reads every model.
std::vector<std::string> operations_outside_models(const std::vector<Service>& services, const wire::ServiceModels& models);

}  // namespace tocsin::api
