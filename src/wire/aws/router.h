// Which service, operation and protocol a request means.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "wire/aws/service_models.h"
#include "wire/aws/wire_error.h"
#include "wire/http/http_message.h"

namespace tocsin::wire {

struct Route {
  const ServiceModel* service = nullptr;
  const OperationModel* operation = nullptr;
  Protocol protocol = Protocol::json_1_1;
  bool wants_query_errors = false;  ///< sent x-amzn-query-mode: true
  PathLabels labels;                ///< rest protocols: the path's values, decoded
};

/// Why there is no route, with what is known to word the answer.
struct RouteFailure {
  WireError error;
  Protocol protocol = Protocol::rest_json;
  const ServiceModel* service = nullptr;  ///< nullptr when not even the service is known
  bool wants_query_errors = false;
};

/// A call that no model describes (agents' own protocols, links in mails): goes to a handler of its own.
struct ExtraRoute {
  enum class By { target, path, query_action };
  By by = By::target;
  std::string prefix;  ///< of the X-Amz-Target header ("AmazonSSM.RegisterManagedInstance", "EC2WSMessageDeliveryService"), of the raw
                       ///< path, or a query Action (whole)
  std::string method;  ///< only requests of this method; empty: any
  HttpHandler* handler = nullptr;  ///< outlives the router
};

/// The signing name in the credential's scope of an Authorization header or presigned query ("monitoring"); empty without one. For a
/// browser's or agent's unsigned request.
std::string credential_service(const HttpRequest& request);
/// The region in the same scope.
std::string credential_region(const HttpRequest& request);

/// Chooses the service by target header, then `/service/X/operation/Y`, then the credential's scope, then query's Version; the path only
/// within the service. Thread-safe once built.
class Router {
 public:
  explicit Router(const ServiceModels& models) : models_(models) {}

  std::expected<Route, RouteFailure> route(const HttpRequest& request) const;

  /// At start only. The longest prefix wins; extra routes go before the models.
  void add(ExtraRoute extra);
  /// The handler of an extra route, or nullptr.
  HttpHandler* extra(const HttpRequest& request) const;

 private:
  using Outcome = std::expected<Route, RouteFailure>;
  Outcome by_target(const HttpRequest& request, std::string_view target) const;
  Outcome by_rpc_path(const HttpRequest& request) const;
  Outcome by_query(const HttpRequest& request, std::string_view parameters) const;
  Outcome by_path(const HttpRequest& request, const ServiceModel& service) const;
  const ServiceModel* query_service(const HttpRequest& request, std::string_view version, std::string_view action) const;
  const ServiceModel* signed_service(const HttpRequest& request) const;

  const ServiceModels& models_;
  std::vector<ExtraRoute> extras_;
};

}  // namespace tocsin::wire
