#include "hosts/host_registry.h"

#include <boost/json.hpp>

#include "base/digest.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "model/arn.h"

namespace tocsin::hosts {
namespace {

const std::vector<storage::Migration> migrations = {{1, R"(
  CREATE TABLE hosts_activations (id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, code_digest TEXT NOT NULL, description TEXT NOT NULL,
    default_instance_name TEXT NOT NULL, iam_role TEXT NOT NULL, registration_limit BIGINT NOT NULL, registrations BIGINT NOT NULL, expires_at BIGINT NOT NULL,
    created_at BIGINT NOT NULL, tags TEXT NOT NULL);
  CREATE INDEX hosts_activations_by_scope ON hosts_activations (account, region, created_at);
  CREATE TABLE hosts_hosts (instance_id TEXT PRIMARY KEY, account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, iam_role TEXT NOT NULL,
    activation_id TEXT NOT NULL, fingerprint TEXT NOT NULL, public_key TEXT NOT NULL, registered_at BIGINT NOT NULL, last_ping_at BIGINT NOT NULL,
    computer_name TEXT NOT NULL, ip_address TEXT NOT NULL, platform_type TEXT NOT NULL, platform_name TEXT NOT NULL, platform_version TEXT NOT NULL,
    agent_name TEXT NOT NULL, agent_version TEXT NOT NULL, tags TEXT NOT NULL);
  CREATE INDEX hosts_hosts_by_scope ON hosts_hosts (account, region, instance_id);
)"}};

constexpr const char* activation_columns =
    "id, account, region, description, default_instance_name, iam_role, registration_limit, registrations, expires_at, created_at, tags";
constexpr const char* host_columns =
    "instance_id, account, region, name, iam_role, activation_id, fingerprint, public_key, registered_at, last_ping_at, computer_name, ip_address, "
    "platform_type, platform_name, platform_version, agent_name, agent_version";

Activation to_activation(const storage::Row& row) {
  return {{row.text(1), row.text(2)}, row.text(0), row.text(3), row.text(4), row.text(5), row.integer(6), row.integer(7), row.instant(8), row.instant(9), row.document(10)};
}

Host to_host(const storage::Row& row) {
  return {{row.text(1), row.text(2)}, row.text(0), row.text(3), row.text(4), row.text(5), row.text(6), row.text(7), row.instant(8), row.instant(9),
          row.text(10), row.text(11), row.text(12), row.text(13), row.text(14), row.text(15), row.text(16)};
}

std::string digest_of(const std::string& code) { return to_hex(sha256(code)); }

std::string select_hosts(std::string_view condition) { return std::string("SELECT ") + host_columns + " FROM hosts_hosts WHERE " + std::string(condition); }

Object tags_by_key(const Document& list) {
  Object tags;
  if (!list.is_array()) return tags;
  for (const Document& tag : list.get_array()) tags[text_or(tag, "Key")] = text_or(tag, "Value");
  return tags;
}

}  // namespace

PingStatus ping_status(const Host& host, bool connected, Instant now) {
  if (connected) return PingStatus::online;
  return now - host.last_ping_at < ping_lost_after ? PingStatus::online : PingStatus::connection_lost;
}

Result<void> HostRegistry::migrate() { return state_.database().migrate("hosts", migrations); }

HostRegistry::NewActivation HostRegistry::create_activation(Activation spec) {
  NewActivation made{make_uuid_v4(random_), random_.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 20)};
  state_.database().execute(
      "INSERT INTO hosts_activations (id, account, region, code_digest, description, default_instance_name, iam_role, registration_limit, registrations, expires_at, "
      "created_at, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?)",
      {made.id, spec.scope.account, spec.scope.region, digest_of(made.code), spec.description, spec.default_instance_name, spec.iam_role, spec.registration_limit,
       spec.expires_at, state_.now(), spec.tags});
  return made;
}

std::vector<Activation> HostRegistry::activations(const Scope& scope) {
  std::vector<Activation> found;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + activation_columns + " FROM hosts_activations WHERE account = ? AND region = ? ORDER BY created_at DESC, id", {scope.account, scope.region}))
    found.push_back(to_activation(row));
  return found;
}

Result<void> HostRegistry::delete_activation(const Scope& scope, const std::string& id) {
  const auto removed = state_.database().execute("DELETE FROM hosts_activations WHERE id = ? AND account = ? AND region = ?", {id, scope.account, scope.region});
  if (removed == 0) return fail(ErrorKind::not_found, "no such activation");
  return {};
}

std::optional<Activation> HostRegistry::usable_activation(const std::string& id, const std::string& code) {
  const auto row = state_.database().query_one(std::string("SELECT ") + activation_columns + ", code_digest FROM hosts_activations WHERE id = ?", {id});
  if (!row || !equal_constant_time(row->text(11), digest_of(code))) return std::nullopt;
  Activation activation = to_activation(*row);
  if (activation.expires_at <= state_.now() || activation.registrations >= activation.registration_limit) return std::nullopt;
  return activation;
}

Result<Host> HostRegistry::register_host(const std::string& activation_id, const std::string& code, const std::string& fingerprint, const std::string& public_key) {
  const auto activation = usable_activation(activation_id, code);
  if (!activation) return fail(ErrorKind::denied, "The activation is unknown, expired or used up.");
  Host host{.scope = activation->scope, .instance_id = "mi-" + make_hex(random_, 17), .name = activation->default_instance_name, .iam_role = activation->iam_role,
            .activation_id = activation_id, .fingerprint = fingerprint, .public_key = public_key, .registered_at = state_.now(), .last_ping_at = instant_from_ns(0)};
  auto& database = state_.database();
  database.execute("UPDATE hosts_activations SET registrations = registrations + 1 WHERE id = ?", {activation_id});
  database.execute(
      "INSERT INTO hosts_hosts (instance_id, account, region, name, iam_role, activation_id, fingerprint, public_key, registered_at, last_ping_at, computer_name, "
      "ip_address, platform_type, platform_name, platform_version, agent_name, agent_version, tags) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, '', '', '', '', '', '', '', ?)",
      {host.instance_id, host.scope.account, host.scope.region, host.name, host.iam_role, host.activation_id, host.fingerprint, host.public_key, host.registered_at,
       tags_by_key(activation->tags)});
  publish(host, "Host Registered");
  return host;
}

std::optional<Host> HostRegistry::find(const std::string& instance_id) {
  const auto row = state_.database().query_one(select_hosts("instance_id = ?"), {instance_id});
  return row ? std::optional(to_host(*row)) : std::nullopt;
}

std::optional<Host> HostRegistry::find(const Scope& scope, const std::string& instance_id) {
  auto host = find(instance_id);
  return host && host->scope == scope ? host : std::nullopt;
}

std::vector<Host> HostRegistry::hosts(const Scope& scope) {
  std::vector<Host> found;
  for (const storage::Row& row : state_.database().query(select_hosts("account = ? AND region = ? ORDER BY instance_id"), {scope.account, scope.region}))
    found.push_back(to_host(row));
  return found;
}

std::optional<Host> HostRegistry::find_by_computer_name(const Scope& scope, const std::string& name) {
  const auto row = state_.database().query_one(select_hosts("account = ? AND region = ? AND computer_name = ? ORDER BY last_ping_at DESC LIMIT 1"),
                                               {scope.account, scope.region, name});
  return row ? std::optional(to_host(*row)) : std::nullopt;
}

void HostRegistry::record_ping(const std::string& instance_id, const HostInformation& information) {
  auto& database = state_.database();
  const std::pair<const char*, const std::string*> columns[] = {
      {"computer_name", &information.computer_name},       {"ip_address", &information.ip_address},
      {"platform_type", &information.platform_type},       {"platform_name", &information.platform_name},
      {"platform_version", &information.platform_version}, {"agent_name", &information.agent_name},
      {"agent_version", &information.agent_version}};
  database.execute("UPDATE hosts_hosts SET last_ping_at = ? WHERE instance_id = ?", {state_.now(), instance_id});
  for (const auto& [column, value] : columns)
    if (!value->empty()) database.execute(std::string("UPDATE hosts_hosts SET ") + column + " = ? WHERE instance_id = ?", {*value, instance_id});
}

void HostRegistry::set_public_key(const std::string& instance_id, const std::string& public_key) {
  state_.database().execute("UPDATE hosts_hosts SET public_key = ? WHERE instance_id = ?", {public_key, instance_id});
}

Result<void> HostRegistry::set_role(const Scope& scope, const std::string& instance_id, const std::string& role) {
  const auto changed = state_.database().execute("UPDATE hosts_hosts SET iam_role = ? WHERE instance_id = ? AND account = ? AND region = ?",
                                                 {role, instance_id, scope.account, scope.region});
  if (changed == 0) return fail(ErrorKind::not_found, "no such host");
  return {};
}

Result<void> HostRegistry::deregister(const Scope& scope, const std::string& instance_id) {
  const auto host = find(scope, instance_id);
  if (!host) return fail(ErrorKind::not_found, "no such host");
  state_.database().execute("DELETE FROM hosts_hosts WHERE instance_id = ?", {instance_id});
  publish(*host, "Host Deregistered");
  return {};
}

void HostRegistry::set_tags(const Scope& scope, const std::string& instance_id, const Object& tags) {
  state_.database().execute("UPDATE hosts_hosts SET tags = ? WHERE instance_id = ? AND account = ? AND region = ?", {tags, instance_id, scope.account, scope.region});
}

Object HostRegistry::tags(const Scope& scope, const std::string& instance_id) {
  const auto row = state_.database().query_one("SELECT tags FROM hosts_hosts WHERE instance_id = ? AND account = ? AND region = ?", {instance_id, scope.account, scope.region});
  Document tags = row ? row->document(0) : Document{};
  return tags.is_object() ? std::move(tags.get_object()) : Object{};
}

void HostRegistry::publish(const Host& host, std::string_view type) {
  const std::string arn = make_arn("ssm", host.scope, "managed-instance/" + host.instance_id);
  journal_.append({.scope = host.scope, .event_time = state_.now(), .source = "tocsin.hosts", .type = std::string(type), .subject_arn = arn, .resources = {arn},
                   .detail = Object{{"instance-id", host.instance_id}, {"name", host.name}}});
}

}  // namespace tocsin::hosts
