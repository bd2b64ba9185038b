// Response plans and replication sets as stored: definitions in the API's own member names.
// https://docs.aws.amazon.com/incident-manager/latest/APIReference/API_CreateResponsePlan.html
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/random.h"
#include "incidents/incident.h"
#include "storage/state_executor.h"

namespace tocsin::incidents {

struct ResponsePlan {
  Scope scope;
  std::string name;
  std::string arn;      ///< arn:aws:ssm-incidents::ACCOUNT:response-plan/NAME
  Document definition;  ///< displayName, incidentTemplate, actions, engagements, chatChannel, integrations
};

struct ReplicationSet {
  std::string arn;
  Object regions;  ///< name → {status, statusUpdateDateTime, sseKmsKeyId}
  bool deletion_protected = false;
  std::string created_by, modified_by;
  Instant created, modified;
};

class ResponsePlans {
 public:
  ResponsePlans(storage::StateExecutor& state, Random& random) : state_(state), random_(random) {}

  /// already_exists when the name is taken.
  Result<ResponsePlan> create(const Scope& scope, const std::string& name, Document definition, const Tags& tags);
  std::optional<ResponsePlan> find(const Scope& scope, const std::string& arn);
  void replace(const ResponsePlan& plan);
  void remove(const Scope& scope, const std::string& arn);
  /// By name, after `after`.
  std::vector<ResponsePlan> list(const Scope& scope, const std::string& after, std::size_t count_max);

  /// One for an account; already_exists when there is one.
  Result<ReplicationSet> create_replication_set(const Scope& scope, const Object& regions, const std::string& by);
  std::optional<ReplicationSet> replication_set(const Scope& scope);
  void replace_replication_set(const Scope& scope, const ReplicationSet& set);
  void remove_replication_set(const Scope& scope);

  Tags tags(const Scope& scope, const std::string& arn);
  void set_tags(const Scope& scope, const std::string& arn, const Tags& tags);

 private:
  storage::StateExecutor& state_;
  Random& random_;
};

}  // namespace tocsin::incidents
