// The documents of each account and region, and those owned by Amazon. Errors: the reason is the service's code.
// Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "remediate/documents/document_content.h"
#include "remediate/resource_tags/resource_tags.h"
#include "storage/state_executor.h"

namespace tocsin::remediate {

/// One version of a document.
struct StoredDocument {
  std::string name;
  std::string type;
  std::string owner;  ///< the account, or "Amazon"
  std::int64_t version = 1;
  std::int64_t latest_version = 1;
  std::int64_t default_version = 1;
  std::string version_name;
  std::string display_name;
  std::string target_type;
  DocumentFormat format = DocumentFormat::json;
  std::string text;  ///< as it was sent
  std::string hash;  ///< SHA-256 of the text, hex
  Instant created_at{};
  DocumentContent content;
};

struct NewDocument {
  std::string name;
  std::string type = "Command";
  std::string text;
  DocumentFormat format = DocumentFormat::json;
  std::string version_name;
  std::string display_name;
  std::string target_type;
  Tags tags;
};

/// Which version: "$LATEST", "$DEFAULT", a number, or empty (default); or by its name.
struct VersionChoice {
  std::string version;
  std::string version_name;
};

struct DocumentFilter {
  std::string key;  ///< Name (beginning), Owner, PlatformTypes, DocumentType, TargetType, SearchKeyword, SchemaVersion, tag:KEY
  std::vector<std::string> values;
};

class DocumentStore {
 public:
  DocumentStore(storage::StateExecutor& state, ResourceTags& tags, ContentChecks checks)
      : state_(state), tags_(tags), checks_(std::move(checks)) {}
  Result<void> migrate();

  Result<StoredDocument> create(const Scope& scope, const NewDocument& request);
  /// `from_version`: the version that the change is made to; it must be the latest ("" and "$LATEST" too).
  Result<StoredDocument> update(const Scope& scope, const NewDocument& request, const std::string& from_version);
  Result<StoredDocument> set_default(const Scope& scope, const std::string& name, std::int64_t version);
  /// `name`: a document's name or ARN, of the scope or owned by Amazon.
  Result<StoredDocument> get(const Scope& scope, const std::string& name, const VersionChoice& choice);
  bool exists(const Scope& scope, const std::string& name);
  /// Default versions, by name, after `after`. InvalidFilterKey.
  Result<std::vector<StoredDocument>> list(const Scope& scope, const std::vector<DocumentFilter>& filters, const std::string& after,
                                           std::size_t count_max);
  /// Newest first, below `before_version` (0: from the newest).
  Result<std::vector<StoredDocument>> versions(const Scope& scope, const std::string& name, std::int64_t before_version,
                                               std::size_t count_max);
  /// All versions, or the chosen one, which must not be the default.
  Result<void> remove(const Scope& scope, const std::string& name, const VersionChoice& choice);

 private:
  Result<StoredDocument> stored_version(const Scope& scope, const std::string& name, const VersionChoice& choice);
  Result<void> write(const Scope& scope, const NewDocument& request, const std::string& type, std::int64_t version);
  Result<StoredDocument> read(const storage::Row& row) const;
  bool matches(const Scope& scope, const StoredDocument& document, const std::vector<DocumentFilter>& filters);

  storage::StateExecutor& state_;
  ResourceTags& tags_;
  ContentChecks checks_;
};

/// arn:aws:ssm:REGION:ACCOUNT:document/NAME, or automation-definition/NAME; those of Amazon without an account.
std::string document_arn(const Scope& scope, const StoredDocument& document);

}  // namespace tocsin::remediate
