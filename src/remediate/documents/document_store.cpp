#include "remediate/documents/document_store.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/letters.h"
#include "model/arn.h"
#include "remediate/documents/builtin_documents.h"

namespace tocsin::remediate {
namespace {

constexpr std::int64_t versions_max = 1000;
constexpr std::string_view select =
    "SELECT d.name, d.type, d.latest_version, d.default_version, d.account, v.version, v.version_name, v.display_name, v.target_type, "
    "v.format, v.text, v.created_at"
    " FROM documents_documents d JOIN documents_versions v ON v.account = d.account AND v.region = d.region AND v.name = d.name"
    " WHERE d.account = ? AND d.region = ? ";

std::unexpected<Error> no_document(const std::string& name) {
  return fail(ErrorKind::not_found, "Document with name " + name + " does not exist.", "InvalidDocument");
}
std::unexpected<Error> no_version() {
  return fail(ErrorKind::not_found, "The document version is not valid or does not exist.", "InvalidDocumentVersion");
}

std::optional<std::int64_t> parse_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

bool has_reserved_beginning(std::string_view name) {
  const std::string lower = lower_case(name);
  return lower.starts_with("aws") || lower.starts_with("amazon") || lower.starts_with("amzn");
}

StoredDocument to_stored(const BuiltinDocument& builtin) {
  StoredDocument document{
      .name = std::string(builtin.name), .type = std::string(builtin.type), .owner = "Amazon", .text = std::string(builtin.json)};
  document.hash = to_hex(sha256(document.text));
  document.created_at = instant_from_ms(1'504'224'000'000);
  document.content = read_document_content(document.text, DocumentFormat::json, document.type, {}).value();
  return document;
}

/// The name in "arn:…:document/NAME", or the text itself.
std::string plain_name(const std::string& name) {
  const auto arn = parse_arn(name);
  if (!arn) return name;
  const auto slash = arn->resource.find('/');
  return slash == std::string::npos ? name : arn->resource.substr(slash + 1);
}

bool is_filter_key(std::string_view key) {
  static constexpr std::string_view keys[] = {"Name",       "Owner",         "PlatformTypes", "DocumentType",
                                              "TargetType", "SearchKeyword", "SchemaVersion"};
  return std::ranges::find(keys, key) != std::end(keys) || key.starts_with("tag:");
}

bool owner_matches(const StoredDocument& document, std::string_view wanted) {
  if (wanted == "All" || wanted == "Public") return wanted == "All" || document.owner == "Amazon";
  if (wanted == "Self" || wanted == "Private") return document.owner != "Amazon";
  return wanted == document.owner;
}

}  // namespace

std::string document_arn(const Scope& scope, const StoredDocument& document) {
  const Scope owner{document.owner == "Amazon" ? "" : scope.account, scope.region};
  return make_arn("ssm", owner, (document.type == "Automation" ? "automation-definition/" : "document/") + document.name);
}

Result<void> DocumentStore::migrate() {
  return state_.database().migrate(
      "documents",
      {{1,
        "CREATE TABLE documents_documents (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL, "
        "latest_version INTEGER NOT NULL,"
        " default_version INTEGER NOT NULL, PRIMARY KEY (account, region, name));"
        "CREATE TABLE documents_versions (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, "
        "version_name TEXT NOT NULL,"
        " display_name TEXT NOT NULL, target_type TEXT NOT NULL, format TEXT NOT NULL, text TEXT NOT NULL, created_at INTEGER NOT NULL,"
        " PRIMARY KEY (account, region, name, version));"}});
}

Result<StoredDocument> DocumentStore::read(const storage::Row& row) const {
  StoredDocument document{.name = row.text(0), .type = row.text(1), .owner = row.text(4), .version = row.integer(5)};
  document.latest_version = row.integer(2);
  document.default_version = row.integer(3);
  document.version_name = row.text(6);
  document.display_name = row.text(7);
  document.target_type = row.text(8);
  document.format = parse_document_format(row.text(9)).value_or(DocumentFormat::json);
  document.text = row.text(10);
  document.hash = to_hex(sha256(document.text));
  document.created_at = row.instant(11);
  auto content = read_document_content(document.text, document.format, document.type, {});
  if (!content) return std::unexpected(content.error());
  document.content = std::move(*content);
  return document;
}

Result<void> DocumentStore::write(const Scope& scope, const NewDocument& request, const std::string& type, std::int64_t version) {
  if (auto content = read_document_content(request.text, request.format, type, checks_); !content) return std::unexpected(content.error());
  state_.database().execute(
      "INSERT INTO documents_versions (account, region, name, version, version_name, display_name, target_type, format, text, created_at)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {scope.account, scope.region, request.name, version, request.version_name, request.display_name, request.target_type,
       to_text(request.format), request.text, state_.now()});
  return {};
}

bool DocumentStore::exists(const Scope& scope, const std::string& name) {
  return find_builtin_document(name) ||
         state_.database().query_one("SELECT 1 FROM documents_documents WHERE account = ? AND region = ? AND name = ?",
                                     {scope.account, scope.region, name});
}

Result<StoredDocument> DocumentStore::create(const Scope& scope, const NewDocument& request) {
  if (has_reserved_beginning(request.name))
    return fail(
        ErrorKind::invalid,
        "You can't use the following strings as document name prefixes. These are reserved by Amazon Web Services: aws, amazon, amzn.",
        "ValidationException");
  if (exists(scope, request.name))
    return fail(ErrorKind::already_exists, "Document with same name " + request.name + " already exists", "DocumentAlreadyExists");
  if (auto written = write(scope, request, request.type, 1); !written) return std::unexpected(written.error());
  state_.database().execute(
      "INSERT INTO documents_documents (account, region, name, type, latest_version, default_version) VALUES (?, ?, ?, ?, 1, 1)",
      {scope.account, scope.region, request.name, request.type});
  if (auto tagged = tags_.add(scope, {"Document", request.name}, request.tags); !tagged) return std::unexpected(tagged.error());
  return get(scope, request.name, {"$LATEST", ""});
}

Result<StoredDocument> DocumentStore::update(const Scope& scope, const NewDocument& request, const std::string& from_version) {
  const auto latest = stored_version(scope, request.name, {"$LATEST", ""});
  if (!latest) return latest;
  if (!from_version.empty() && from_version != "$LATEST" && parse_number(from_version) != latest->latest_version) return no_version();
  if (latest->latest_version >= versions_max)
    return fail(ErrorKind::limit_exceeded, "The document has too many versions. Delete one or more document versions and try again.",
                "DocumentVersionLimitExceeded");
  for (const auto& row :
       state_.database().query("SELECT version_name, text FROM documents_versions WHERE account = ? AND region = ? AND name = ?",
                               {scope.account, scope.region, request.name})) {
    if (row.text(1) == request.text)
      return fail(ErrorKind::conflict,
                  "The content of the association document matches another document. Change the content of the document and try again.",
                  "DuplicateDocumentContent");
    if (!request.version_name.empty() && row.text(0) == request.version_name)
      return fail(ErrorKind::conflict,
                  "The version name has already been used in this document. Specify a different version name, and then try again.",
                  "DuplicateDocumentVersionName");
  }
  if (auto written = write(scope, request, latest->type, latest->latest_version + 1); !written) return std::unexpected(written.error());
  state_.database().execute("UPDATE documents_documents SET latest_version = ? WHERE account = ? AND region = ? AND name = ?",
                            {latest->latest_version + 1, scope.account, scope.region, request.name});
  return stored_version(scope, request.name, {"$LATEST", ""});
}

Result<StoredDocument> DocumentStore::set_default(const Scope& scope, const std::string& name, std::int64_t version) {
  const auto chosen = stored_version(scope, name, {std::to_string(version), ""});
  if (!chosen) return chosen;
  state_.database().execute("UPDATE documents_documents SET default_version = ? WHERE account = ? AND region = ? AND name = ?",
                            {version, scope.account, scope.region, name});
  return stored_version(scope, name, {"$DEFAULT", ""});
}

Result<StoredDocument> DocumentStore::stored_version(const Scope& scope, const std::string& name, const VersionChoice& choice) {
  auto& database = state_.database();
  if (!database.query_one("SELECT 1 FROM documents_documents WHERE account = ? AND region = ? AND name = ?",
                          {scope.account, scope.region, name}))
    return no_document(name);
  const std::string base = std::string(select) + "AND d.name = ? ";
  std::optional<storage::Row> row;
  if (!choice.version_name.empty()) {
    row = database.query_one(base + "AND v.version_name = ?", {scope.account, scope.region, name, choice.version_name});
  } else if (choice.version == "$LATEST") {
    row = database.query_one(base + "AND v.version = d.latest_version", {scope.account, scope.region, name});
  } else if (choice.version.empty() || choice.version == "$DEFAULT") {
    row = database.query_one(base + "AND v.version = d.default_version", {scope.account, scope.region, name});
  } else {
    row = database.query_one(base + "AND v.version = ?", {scope.account, scope.region, name, parse_number(choice.version).value_or(0)});
  }
  if (!row) return no_version();
  return read(*row);
}

Result<StoredDocument> DocumentStore::get(const Scope& scope, const std::string& name, const VersionChoice& choice) {
  const std::string plain = plain_name(name);
  if (const BuiltinDocument* builtin = find_builtin_document(plain)) {
    const bool is_one = choice.version.empty() || choice.version.starts_with('$') || choice.version == "1";
    if (!is_one || !choice.version_name.empty()) return no_version();
    return to_stored(*builtin);
  }
  return stored_version(scope, plain, choice);
}

bool DocumentStore::matches(const Scope& scope, const StoredDocument& document, const std::vector<DocumentFilter>& filters) {
  return std::ranges::all_of(filters, [&](const DocumentFilter& filter) {
    if (filter.key.starts_with("tag:"))
      return std::ranges::any_of(tags_.list(scope, {"Document", document.name}), [&](const auto& tag) {
        return "tag:" + tag.first == filter.key &&
               (filter.values.empty() || std::ranges::find(filter.values, tag.second) != filter.values.end());
      });
    return std::ranges::any_of(filter.values, [&](const std::string& value) {
      if (filter.key == "Name") return document.name.starts_with(value);
      if (filter.key == "Owner") return owner_matches(document, value);
      if (filter.key == "DocumentType") return document.type == value;
      if (filter.key == "TargetType") return document.target_type == value;
      if (filter.key == "SchemaVersion") return document.content.schema_version == value;
      if (filter.key == "SearchKeyword")
        return document.name.find(value) != std::string::npos || document.content.description.find(value) != std::string::npos;
      return std::ranges::find(document.content.platform_types, value) != document.content.platform_types.end();
    });
  });
}

Result<std::vector<StoredDocument>> DocumentStore::list(const Scope& scope, const std::vector<DocumentFilter>& filters,
                                                        const std::string& after, std::size_t count_max) {
  for (const DocumentFilter& filter : filters)
    if (!is_filter_key(filter.key)) return fail(ErrorKind::invalid, "The filter key " + filter.key + " isn't valid.", "InvalidFilterKey");
  std::vector<StoredDocument> candidates;
  for (const BuiltinDocument& builtin : builtin_documents())
    if (builtin.name > after) candidates.push_back(to_stored(builtin));
  for (const auto& row : state_.database().query(std::string(select) + "AND v.version = d.default_version AND d.name > ? ORDER BY d.name",
                                                 {scope.account, scope.region, after}))
    if (auto document = read(row)) candidates.push_back(std::move(*document));
  std::ranges::sort(candidates, {}, &StoredDocument::name);
  std::vector<StoredDocument> found;
  for (StoredDocument& document : candidates)
    if (found.size() < count_max && matches(scope, document, filters)) found.push_back(std::move(document));
  return found;
}

Result<std::vector<StoredDocument>> DocumentStore::versions(const Scope& scope, const std::string& name, std::int64_t before_version,
                                                            std::size_t count_max) {
  if (const BuiltinDocument* builtin = find_builtin_document(name)) return std::vector<StoredDocument>{to_stored(*builtin)};
  if (!exists(scope, name)) return no_document(name);
  std::vector<StoredDocument> found;
  for (const auto& row :
       state_.database().query(std::string(select) + "AND d.name = ? AND (? = 0 OR v.version < ?) ORDER BY v.version DESC LIMIT ?",
                               {scope.account, scope.region, name, before_version, before_version, count_max}))
    if (auto document = read(row)) found.push_back(std::move(*document));
  return found;
}

Result<void> DocumentStore::remove(const Scope& scope, const std::string& name, const VersionChoice& choice) {
  auto& database = state_.database();
  if (find_builtin_document(name))
    return fail(ErrorKind::denied, "Documents owned by Amazon can't be deleted.", "InvalidDocumentOperation");
  const auto chosen = stored_version(scope, name, choice);
  if (!chosen) return std::unexpected(chosen.error());
  if (!choice.version.empty() || !choice.version_name.empty()) {
    if (chosen->version == chosen->default_version)
      return fail(ErrorKind::conflict, "Default version of the document can't be deleted.", "InvalidDocumentOperation");
    database.execute("DELETE FROM documents_versions WHERE account = ? AND region = ? AND name = ? AND version = ?",
                     {scope.account, scope.region, name, chosen->version});
    database.execute(
        "UPDATE documents_documents SET latest_version = (SELECT MAX(version) FROM documents_versions v WHERE v.account = ? AND v.region = "
        "? AND v.name = ?)"
        " WHERE account = ? AND region = ? AND name = ?",
        {scope.account, scope.region, name, scope.account, scope.region, name});
    return {};
  }
  database.execute("DELETE FROM documents_versions WHERE account = ? AND region = ? AND name = ?", {scope.account, scope.region, name});
  database.execute("DELETE FROM documents_documents WHERE account = ? AND region = ? AND name = ?", {scope.account, scope.region, name});
  tags_.remove_all(scope, {"Document", name});
  return {};
}

}  // namespace tocsin::remediate
