// Tags of Systems Manager resources, named by (type, id) as AddTagsToResource names them: "Parameter", "Document", "ManagedInstance",
// "Automation" … Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/scope.h"
#include "storage/sql.h"

namespace tocsin::remediate {

using Tags = std::vector<std::pair<std::string, std::string>>;  ///< key, value

struct TaggedResource {
  std::string type;
  std::string id;
};

class ResourceTags {
 public:
  explicit ResourceTags(storage::Database& database) : database_(database) {}
  Result<void> migrate();

  /// Adds or changes. `limit_exceeded` (TooManyTagsError) beyond 50.
  Result<void> add(const Scope& scope, const TaggedResource& resource, const Tags& tags);
  void remove(const Scope& scope, const TaggedResource& resource, const std::vector<std::string>& keys);
  void remove_all(const Scope& scope, const TaggedResource& resource);
  /// By key.
  Tags list(const Scope& scope, const TaggedResource& resource) const;

 private:
  storage::Database& database_;
};

}  // namespace tocsin::remediate
