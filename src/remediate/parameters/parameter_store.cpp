#include "remediate/parameters/parameter_store.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/encoding.h"

namespace tocsin::remediate {
namespace {

constexpr std::int64_t versions_max = 100;
constexpr std::size_t labels_max = 10;
constexpr std::string_view columns =
    "name, version, type, value, description, allowed_pattern, tier, data_type, key_id, modified_at, modified_by, labels FROM "
    "parameters_versions"
    " WHERE account = ? AND region = ? ";

StoredParameter read(const storage::Row& row) {
  StoredParameter parameter{
      .name = row.text(0), .version = row.integer(1), .type = parse_parameter_type(row.text(2)).value_or(ParameterType::string)};
  parameter.value = row.text(3);
  parameter.description = row.text(4);
  parameter.allowed_pattern = row.text(5);
  parameter.tier = parse_parameter_tier(row.text(6)).value_or(ParameterTier::standard);
  parameter.data_type = row.text(7);
  parameter.key_id = row.text(8);
  parameter.modified_at = row.instant(9);
  parameter.modified_by = row.text(10);
  const Document labels = row.document(11);
  if (labels.is_array())
    for (const Document& label : labels.get_array()) parameter.labels.emplace_back(label.as_string());
  return parameter;
}

std::string select(std::string_view rest) { return "SELECT " + std::string(columns) + std::string(rest); }

Document to_array(const std::vector<std::string>& texts) {
  Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::unexpected<Error> not_found(const std::string& name) {
  return fail(ErrorKind::not_found, "Parameter " + name + " not found.", "ParameterNotFound");
}

std::unexpected<Error> version_not_found(const std::string& name, const std::string& what) {
  return fail(ErrorKind::not_found, "Systems Manager could not find " + what + " of " + name + ". Verify the version and try again.",
              "ParameterVersionNotFound");
}

ParameterTier choose_tier(const PutParameter& request, const std::optional<StoredParameter>& before) {
  if (const auto tier = parse_parameter_tier(request.tier)) return *tier;
  if (before && before->tier == ParameterTier::advanced) return ParameterTier::advanced;
  return request.tier == "Intelligent-Tiering" && request.value.size() > 4096 ? ParameterTier::advanced : ParameterTier::standard;
}

Result<void> check_request(const PutParameter& request, const std::optional<StoredParameter>& before) {
  if (request.overwrite && !request.tags.empty())
    return fail(ErrorKind::invalid,
                "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite "
                "flag. To update tags for an "
                "existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
                "ValidationException");
  if (request.data_type != "text")
    return fail(ErrorKind::unsupported,
                "The following data type is not supported: " + request.data_type + " (Data type names are all lowercase.)",
                "ValidationException");
  if (!before) {
    if (!request.type) return fail(ErrorKind::invalid, "A parameter type is required when you create a parameter.", "ValidationException");
    return check_parameter_name(request.name);
  }
  if (!request.overwrite)
    return fail(ErrorKind::already_exists,
                "The parameter already exists. To overwrite this value, set the overwrite option in the request to true.",
                "ParameterAlreadyExists");
  if (request.type && *request.type != before->type)
    return fail(ErrorKind::conflict,
                "Parameter Store does not support changing a parameter type in a hierarchy. For example, you can't change a parameter from "
                "a String type to a "
                "SecureString type. You must create a new, unique parameter.",
                "HierarchyTypeMismatchException");
  if (request.tier == "Standard" && before->tier == ParameterTier::advanced)
    return fail(ErrorKind::invalid,
                "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the "
                "standard-parameter tier.",
                "ValidationException");
  return {};
}

}  // namespace

Result<void> ParameterStore::migrate() {
  return state_.database().migrate("parameters",
                                   {{1,
                                     "CREATE TABLE parameters_versions (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, "
                                     "version INTEGER NOT NULL, newest INTEGER NOT NULL,"
                                     " type TEXT NOT NULL, value TEXT NOT NULL, description TEXT NOT NULL, allowed_pattern TEXT NOT NULL, "
                                     "tier TEXT NOT NULL, data_type TEXT NOT NULL,"
                                     " key_id TEXT NOT NULL, modified_at INTEGER NOT NULL, modified_by TEXT NOT NULL, labels TEXT NOT "
                                     "NULL, PRIMARY KEY (account, region, name, version));"
                                     "CREATE INDEX parameters_newest ON parameters_versions (account, region, newest, name);"}});
}

std::optional<StoredParameter> ParameterStore::newest(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(select("AND name = ? AND newest = 1"), {scope.account, scope.region, name});
  return row ? std::optional(read(*row)) : std::nullopt;
}

std::optional<StoredParameter> ParameterStore::at_version(const Scope& scope, const std::string& name, std::int64_t version) {
  const auto row = state_.database().query_one(select("AND name = ? AND version = ?"), {scope.account, scope.region, name, version});
  return row ? std::optional(read(*row)) : std::nullopt;
}

std::optional<StoredParameter> ParameterStore::at_label(const Scope& scope, const std::string& name, const std::string& label) {
  for (const auto& row : state_.database().query(select("AND name = ? AND labels <> '[]'"), {scope.account, scope.region, name})) {
    StoredParameter parameter = read(row);
    if (std::ranges::find(parameter.labels, label) != parameter.labels.end()) return parameter;
  }
  return std::nullopt;
}

bool ParameterStore::exists(const Scope& scope, const std::string& name) { return newest(scope, name).has_value(); }

Result<StoredParameter> ParameterStore::chosen(const Scope& scope, const ParameterReference& reference) {
  const auto current = newest(scope, reference.name);
  if (!current) return not_found(reference.name);
  if (reference.selector.empty()) return *current;
  auto found = reference.version ? at_version(scope, reference.name, *reference.version) : at_label(scope, reference.name, reference.label);
  if (!found) return version_not_found(reference.name, (reference.version ? "version " : "label ") + reference.selector.substr(1));
  found->selector = reference.selector;
  return *found;
}

Result<StoredParameter> ParameterStore::get(const Scope& scope, std::string_view text, bool decrypt) {
  auto reference = parse_parameter_reference(text);
  if (!reference) return std::unexpected(reference.error());
  if (text.starts_with("arn:") && !exists(scope, reference->name) && exists(scope, reference->name.substr(1))) reference->name.erase(0, 1);
  auto parameter = chosen(scope, *reference);
  if (!parameter) return parameter;
  if (auto revealed = reveal(scope, *parameter, decrypt); !revealed) return std::unexpected(revealed.error());
  return parameter;
}

Result<void> ParameterStore::reveal(const Scope& scope, StoredParameter& parameter, bool decrypt) {
  if (parameter.type != ParameterType::secure_string || !decrypt) return {};
  const auto sealed = from_base64(parameter.value);
  auto plain = cipher_.open(sealed.value_or(""), parameter_arn(scope, parameter.name));
  if (!plain) return std::unexpected(plain.error());
  parameter.value = std::move(*plain);
  return {};
}

Result<PutOutcome> ParameterStore::put(const Scope& scope, const PutParameter& request) {
  const auto before = newest(scope, request.name);
  if (auto checked = check_request(request, before); !checked) return std::unexpected(checked.error());
  StoredParameter next = before.value_or(StoredParameter{.name = request.name});
  next.type = request.type.value_or(next.type);
  next.tier = choose_tier(request, before);
  next.description = request.description.value_or(next.description);
  next.allowed_pattern = request.allowed_pattern.value_or(next.allowed_pattern);
  if (auto checked = check_parameter_value(request.value, next.type, next.tier, next.allowed_pattern); !checked)
    return std::unexpected(checked.error());
  if (auto room = make_room(scope, request.name); !room) return std::unexpected(room.error());
  const bool secret = next.type == ParameterType::secure_string;
  if (secret && (!request.key_id.empty() || next.key_id.empty())) next.key_id = request.key_id.empty() ? "alias/aws/ssm" : request.key_id;
  next.version += 1;
  next.labels.clear();
  next.modified_at = state_.now();
  next.modified_by = request.author_arn;
  write(scope, next, secret ? to_base64(cipher_.seal(request.value, parameter_arn(scope, request.name))) : request.value);
  if (auto tagged = tags_.add(scope, {"Parameter", request.name}, request.tags); !tagged) return std::unexpected(tagged.error());
  announce(scope, next, before ? "Update" : "Create");
  return PutOutcome{next.version, next.tier};
}

Result<void> ParameterStore::make_room(const Scope& scope, const std::string& name) {
  auto rows = state_.database().query(select("AND name = ? ORDER BY version"), {scope.account, scope.region, name});
  if (static_cast<std::int64_t>(rows.size()) < versions_max) return {};
  const StoredParameter oldest = read(rows.front());
  if (!oldest.labels.empty())
    return fail(ErrorKind::limit_exceeded,
                "You attempted to create a new version of " + name + " by calling the PutParameter API with the overwrite flag. Version " +
                    std::to_string(oldest.version) +
                    ", the oldest version, can't be deleted because it has a label associated with it. Move the label to another version "
                    "of the parameter, and "
                    "try again.",
                "ParameterMaxVersionLimitExceeded");
  state_.database().execute("DELETE FROM parameters_versions WHERE account = ? AND region = ? AND name = ? AND version = ?",
                            {scope.account, scope.region, name, oldest.version});
  return {};
}

void ParameterStore::write(const Scope& scope, const StoredParameter& parameter, const std::string& stored_value) {
  auto& database = state_.database();
  database.execute("UPDATE parameters_versions SET newest = 0 WHERE account = ? AND region = ? AND name = ? AND newest = 1",
                   {scope.account, scope.region, parameter.name});
  database.execute(
      "INSERT INTO parameters_versions (account, region, name, version, newest, type, value, description, allowed_pattern, tier, "
      "data_type, key_id, modified_at,"
      " modified_by, labels) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]')",
      {scope.account, scope.region, parameter.name, parameter.version, to_text(parameter.type), stored_value, parameter.description,
       parameter.allowed_pattern, to_text(parameter.tier), parameter.data_type, parameter.key_id, parameter.modified_at,
       parameter.modified_by});
}

std::vector<StoredParameter> ParameterStore::by_path(const Scope& scope, const std::string& path, bool recursive,
                                                     const std::vector<ParameterFilter>& filters, bool decrypt, const std::string& after,
                                                     std::size_t count_max) {
  const auto labelled = std::ranges::find(filters, "Label", &ParameterFilter::key) != filters.end();
  std::vector<StoredParameter> found;
  for (const auto& row : state_.database().query(
           select(labelled ? "AND labels <> '[]' AND name > ? ORDER BY name, version" : "AND newest = 1 AND name > ? ORDER BY name"),
           {scope.account, scope.region, after})) {
    if (found.size() == count_max) break;
    StoredParameter parameter = read(row);
    if (!is_below(parameter.name, path, recursive)) continue;
    if (!filters.empty() && !matches(filters, parameter, tags_.list(scope, {"Parameter", parameter.name}))) continue;
    if (reveal(scope, parameter, decrypt)) found.push_back(std::move(parameter));
  }
  return found;
}

std::vector<StoredParameter> ParameterStore::describe(const Scope& scope, const std::vector<ParameterFilter>& filters,
                                                      const std::string& after, std::size_t count_max) {
  std::vector<StoredParameter> found;
  for (const auto& row :
       state_.database().query(select("AND newest = 1 AND name > ? ORDER BY name"), {scope.account, scope.region, after})) {
    if (found.size() == count_max) break;
    StoredParameter parameter = read(row);
    parameter.value.clear();
    if (filters.empty() || matches(filters, parameter, tags_.list(scope, {"Parameter", parameter.name})))
      found.push_back(std::move(parameter));
  }
  return found;
}

Result<std::vector<StoredParameter>> ParameterStore::history(const Scope& scope, const std::string& name_or_arn, bool decrypt,
                                                             std::int64_t after_version, std::size_t count_max) {
  const auto reference = parse_parameter_reference(name_or_arn);
  const std::string name = reference ? reference->name : name_or_arn;
  if (!exists(scope, name)) return not_found(name);
  std::vector<StoredParameter> found;
  for (const auto& row : state_.database().query(select("AND name = ? AND version > ? ORDER BY version LIMIT ?"),
                                                 {scope.account, scope.region, name, after_version, count_max})) {
    found.push_back(read(row));
    if (auto revealed = reveal(scope, found.back(), decrypt); !revealed) return std::unexpected(revealed.error());
  }
  return found;
}

Result<void> ParameterStore::remove(const Scope& scope, const std::string& name) {
  const auto before = newest(scope, name);
  if (!before) return not_found(name);
  state_.database().execute("DELETE FROM parameters_versions WHERE account = ? AND region = ? AND name = ?",
                            {scope.account, scope.region, name});
  tags_.remove_all(scope, {"Parameter", name});
  announce(scope, *before, "Delete");
  return {};
}

void ParameterStore::write_labels(const Scope& scope, const StoredParameter& parameter) {
  state_.database().execute("UPDATE parameters_versions SET labels = ? WHERE account = ? AND region = ? AND name = ? AND version = ?",
                            {to_array(parameter.labels), scope.account, scope.region, parameter.name, parameter.version});
}

Result<LabelOutcome> ParameterStore::label(const Scope& scope, const std::string& name, std::int64_t version,
                                           const std::vector<std::string>& labels) {
  const auto current = newest(scope, name);
  if (!current) return not_found(name);
  LabelOutcome outcome{version == 0 ? current->version : version, {}, {}};
  auto target = at_version(scope, name, outcome.version);
  if (!target) return version_not_found(name, "version " + std::to_string(version));
  for (const std::string& label : labels) {
    if (!is_parameter_label(label)) {
      outcome.invalid.push_back(label);
      continue;
    }
    if (auto holder = at_label(scope, name, label); holder && holder->version != outcome.version) {
      std::erase(holder->labels, label);
      write_labels(scope, *holder);
    }
    if (std::ranges::find(target->labels, label) == target->labels.end()) target->labels.push_back(label);
    outcome.changed.push_back(label);
  }
  if (target->labels.size() > labels_max)
    return fail(ErrorKind::limit_exceeded,
                "An error occurred: a parameter version can have a maximum of ten labels. Move one or more labels to another version and "
                "try again.",
                "ParameterVersionLabelLimitExceeded");
  write_labels(scope, *target);
  if (!outcome.changed.empty()) announce(scope, *target, "LabelParameterVersion");
  return outcome;
}

Result<LabelOutcome> ParameterStore::unlabel(const Scope& scope, const std::string& name, std::int64_t version,
                                             const std::vector<std::string>& labels) {
  if (!exists(scope, name)) return not_found(name);
  auto target = at_version(scope, name, version);
  if (!target) return version_not_found(name, "version " + std::to_string(version));
  LabelOutcome outcome{version, {}, {}};
  for (const std::string& label : labels) (std::erase(target->labels, label) ? outcome.changed : outcome.invalid).push_back(label);
  write_labels(scope, *target);
  return outcome;
}

void ParameterStore::announce(const Scope& scope, const StoredParameter& parameter, std::string_view operation) {
  const std::string arn = parameter_arn(scope, parameter.name);
  Object detail{{"operation", operation}, {"name", parameter.name}, {"type", to_text(parameter.type)}};
  if (!parameter.description.empty()) detail["description"] = parameter.description;
  journal_.append({.scope = scope,
                   .event_time = state_.now(),
                   .source = "aws.ssm",
                   .type = "Parameter Store Change",
                   .subject_arn = arn,
                   .resources = {arn},
                   .detail = std::move(detail)});
}

}  // namespace tocsin::remediate
