// Parameter Store. Errors: the reason is the service's code (ParameterNotFound, ParameterAlreadyExists …).
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "events/journal/journal.h"
#include "remediate/parameters/parameter.h"
#include "remediate/parameters/parameter_filter.h"
#include "remediate/parameters/parameter_rules.h"
#include "remediate/parameters/secret_cipher.h"
#include "remediate/resource_tags/resource_tags.h"
#include "storage/state_executor.h"

namespace tocsin::remediate {

struct PutParameter {
  std::string name;
  std::string value;
  std::optional<ParameterType> type;       ///< required for a new parameter
  std::optional<std::string> description;  ///< absent: as before
  std::optional<std::string> allowed_pattern;
  std::string key_id;
  bool overwrite = false;
  std::string tier;  ///< Standard, Advanced, Intelligent-Tiering or empty
  std::string data_type = "text";
  Tags tags;
  std::string author_arn;
};

struct PutOutcome {
  std::int64_t version;
  ParameterTier tier;
};

struct LabelOutcome {
  std::int64_t version;
  std::vector<std::string> changed;
  std::vector<std::string> invalid;
};

class ParameterStore {
 public:
  ParameterStore(storage::StateExecutor& state, events::Journal& journal, SecretCipher& cipher, ResourceTags& tags)
      : state_(state), journal_(journal), cipher_(cipher), tags_(tags) {}
  Result<void> migrate();

  Result<PutOutcome> put(const Scope& scope, const PutParameter& request);
  /// `reference`: a name or ARN with an optional selector.
  Result<StoredParameter> get(const Scope& scope, std::string_view reference, bool decrypt);
  bool exists(const Scope& scope, const std::string& name);

  /// Newest versions below `path` that pass the filters, by name, after `after`; at most `count_max`. By a Label filter: the labelled
  /// version.
  std::vector<StoredParameter> by_path(const Scope& scope, const std::string& path, bool recursive,
                                       const std::vector<ParameterFilter>& filters, bool decrypt, const std::string& after,
                                       std::size_t count_max);
  /// Newest versions that pass, values left out, by name, after `after`.
  std::vector<StoredParameter> describe(const Scope& scope, const std::vector<ParameterFilter>& filters, const std::string& after,
                                        std::size_t count_max);
  /// All versions after `after_version`, oldest first.
  Result<std::vector<StoredParameter>> history(const Scope& scope, const std::string& name_or_arn, bool decrypt, std::int64_t after_version,
                                               std::size_t count_max);

  Result<void> remove(const Scope& scope, const std::string& name);
  /// Version 0 is the newest.
  Result<LabelOutcome> label(const Scope& scope, const std::string& name, std::int64_t version, const std::vector<std::string>& labels);
  Result<LabelOutcome> unlabel(const Scope& scope, const std::string& name, std::int64_t version, const std::vector<std::string>& labels);

 private:
  std::optional<StoredParameter> newest(const Scope& scope, const std::string& name);
  std::optional<StoredParameter> at_version(const Scope& scope, const std::string& name, std::int64_t version);
  std::optional<StoredParameter> at_label(const Scope& scope, const std::string& name, const std::string& label);
  Result<StoredParameter> chosen(const Scope& scope, const ParameterReference& reference);
  Result<void> make_room(const Scope& scope, const std::string& name);
  void write(const Scope& scope, const StoredParameter& parameter, const std::string& stored_value);
  void write_labels(const Scope& scope, const StoredParameter& parameter);
  Result<void> reveal(const Scope& scope, StoredParameter& parameter, bool decrypt);
  void announce(const Scope& scope, const StoredParameter& parameter, std::string_view operation);

  storage::StateExecutor& state_;
  events::Journal& journal_;
  SecretCipher& cipher_;
  ResourceTags& tags_;
};

}  // namespace tocsin::remediate
