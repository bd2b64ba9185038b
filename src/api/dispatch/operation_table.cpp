#include "api/dispatch/operation_table.h"

namespace tocsin::api {

OperationTable::OperationTable(std::vector<Service> services) {
  for (const Service& service : services)
    for (const Operation& operation : service.operations) operations_[service.name].try_emplace(operation.name, operation);
}

const Operation* OperationTable::find(std::string_view service, std::string_view operation) const {
  const auto of_service = operations_.find(service);
  if (of_service == operations_.end()) return nullptr;
  const auto at = of_service->second.find(operation);
  return at == of_service->second.end() ? nullptr : &at->second;
}

std::vector<std::string> operations_outside_models(const std::vector<Service>& services, const wire::ServiceModels& models) {
  std::vector<std::string> outside;
  for (const Service& service : services) {
    const wire::ServiceModel* model = models.find(service.name);
    for (const Operation& operation : service.operations)
      if (!model || !model->operation(operation.name)) outside.push_back(service.name + "." + operation.name);
  }
  return outside;
}

}  // namespace tocsin::api
