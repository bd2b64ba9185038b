#include "access/mfa_devices/mfa_device_store.h"

#include <boost/json.hpp>

#include "access/mfa_devices/totp.h"
#include "base/digest.h"

namespace tocsin::access {
namespace {

constexpr std::size_t seed_bytes = 20;
// how far the clock of a phone may be off when it is enabled: ten minutes
constexpr std::int64_t search_steps = 20;
constexpr std::int64_t skew_steps = 1;
constexpr const char* columns = "account, name, path, created, user_name, enabled, tags";

MfaDevice read(const storage::Row& row) {
  MfaDevice device{.account = row.text(0),
                   .name = row.text(1),
                   .path = row.text(2),
                   .created = row.instant(3),
                   .user_name = row.text(4),
                   .enabled = row.instant(5),
                   .tags = {}};
  const Document tags = row.document(6);
  if (tags.is_array())
    for (const Document& tag : tags.as_array()) device.tags.emplace_back(tag.as_array()[0].as_string(), tag.as_array()[1].as_string());
  return device;
}

Document to_document(const std::vector<std::pair<std::string, std::string>>& tags) {
  Array out;
  for (const auto& [name, value] : tags) out.push_back(Array{Document(name), Document(value)});
  return out;
}

std::unexpected<Error> wrong_code() {
  return fail(ErrorKind::denied, "Authentication code for device is not valid.", "InvalidAuthenticationCode");
}

}  // namespace

Result<void> MfaDeviceStore::migrate() {
  return state_.database().migrate("mfa_device", {{1, R"(
    CREATE TABLE mfa_device_devices (
      serial TEXT NOT NULL PRIMARY KEY, account TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, created INTEGER NOT NULL,
      user_name TEXT NOT NULL, enabled INTEGER NOT NULL, tags TEXT NOT NULL, sealed_seed TEXT NOT NULL, last_step INTEGER NOT NULL,
      drift INTEGER NOT NULL);
    CREATE INDEX mfa_device_devices_by_user ON mfa_device_devices (account, user_name);
  )"}});
}

Result<std::string> MfaDeviceStore::create(MfaDevice device) {
  if (find(device.serial()))
    return fail(ErrorKind::already_exists, "MFADevice entity at the same path and name already exists.", "EntityAlreadyExists");
  std::string seed(seed_bytes, '\0');
  random_.fill(std::as_writable_bytes(std::span(seed.data(), seed.size())));
  changing(state_).execute(
      "INSERT INTO mfa_device_devices (serial, account, name, path, created, user_name, enabled, tags, sealed_seed, last_step, drift) "
      "VALUES (?, ?, ?, ?, ?, '', 0, ?, ?, 0, 0)",
      {device.serial(), device.account, device.name, device.path, state_.now(), to_document(device.tags),
       box_.seal(seed, device.serial())});
  return seed;
}

std::optional<MfaDevice> MfaDeviceStore::find(const std::string& serial) {
  const auto row = state_.database().query_one(std::string("SELECT ") + columns + " FROM mfa_device_devices WHERE serial = ?", {serial});
  if (!row) return std::nullopt;
  return read(*row);
}

std::vector<MfaDevice> MfaDeviceStore::list(const std::string& account) {
  std::vector<MfaDevice> out;
  for (const storage::Row& row :
       state_.database().query(std::string("SELECT ") + columns + " FROM mfa_device_devices WHERE account = ? ORDER BY serial", {account}))
    out.push_back(read(row));
  return out;
}

std::vector<MfaDevice> MfaDeviceStore::of_user(const std::string& account, const std::string& user_name) {
  std::vector<MfaDevice> out;
  for (const storage::Row& row : state_.database().query(
           std::string("SELECT ") + columns + " FROM mfa_device_devices WHERE account = ? AND user_name = ? ORDER BY serial",
           {account, user_name}))
    out.push_back(read(row));
  return out;
}

void MfaDeviceStore::put_tags(const MfaDevice& device) {
  changing(state_).execute("UPDATE mfa_device_devices SET tags = ? WHERE serial = ?", {to_document(device.tags), device.serial()});
}

Result<void> MfaDeviceStore::remove(const MfaDevice& device) {
  if (!device.user_name.empty()) return fail(ErrorKind::conflict, "MFA VirtualDevice in use. Must deactivate first.", "DeleteConflict");
  changing(state_).execute("DELETE FROM mfa_device_devices WHERE serial = ?", {device.serial()});
  return {};
}

std::optional<MfaDeviceStore::Clockwork> MfaDeviceStore::clockwork_of(const MfaDevice& device) {
  const auto row =
      state_.database().query_one("SELECT sealed_seed, last_step, drift FROM mfa_device_devices WHERE serial = ?", {device.serial()});
  if (!row) return std::nullopt;
  auto seed = box_.open(row->text(0), device.serial());
  if (!seed) return std::nullopt;
  return Clockwork{std::move(*seed), row->integer(1), row->integer(2)};
}

/// Where the two codes follow one another.
std::optional<std::int64_t> MfaDeviceStore::step_of(const Clockwork& clockwork, const std::string& first_code,
                                                    const std::string& second_code) const {
  const std::int64_t now = totp_step(state_.now());
  for (std::int64_t step = now - search_steps; step <= now + search_steps; ++step)
    if (equal_constant_time(totp_code(clockwork.seed, step), first_code) &&
        equal_constant_time(totp_code(clockwork.seed, step + 1), second_code))
      return step + 1;
  return std::nullopt;
}

Result<void> MfaDeviceStore::set_clock(const MfaDevice& device, const std::string& first_code, const std::string& second_code) {
  const auto clockwork = clockwork_of(device);
  const auto step = clockwork ? step_of(*clockwork, first_code, second_code) : std::nullopt;
  if (!step) return wrong_code();
  // the second of them is the one that is shown now, or was just before
  const std::int64_t ahead = *step - totp_step(state_.now());
  state_.database().execute("UPDATE mfa_device_devices SET last_step = ?, drift = ? WHERE serial = ?",
                            {*step, ahead >= -skew_steps && ahead <= skew_steps ? std::int64_t{0} : ahead, device.serial()});
  return {};
}

Result<void> MfaDeviceStore::enable(const MfaDevice& device, const std::string& user_name, const std::string& first_code,
                                    const std::string& second_code) {
  if (!device.user_name.empty()) return fail(ErrorKind::already_exists, "MFA Device is already in use.", "EntityAlreadyExists");
  if (auto set = set_clock(device, first_code, second_code); !set) return set;
  changing(state_).execute("UPDATE mfa_device_devices SET user_name = ?, enabled = ? WHERE serial = ?",
                           {user_name, state_.now(), device.serial()});
  return {};
}

Result<void> MfaDeviceStore::resync(const MfaDevice& device, const std::string& first_code, const std::string& second_code) {
  return set_clock(device, first_code, second_code);
}

void MfaDeviceStore::deactivate(const MfaDevice& device) {
  changing(state_).execute("UPDATE mfa_device_devices SET user_name = '', enabled = 0 WHERE serial = ?", {device.serial()});
}

bool MfaDeviceStore::accepts(const MfaDevice& device, const std::string& code) {
  const auto clockwork = clockwork_of(device);
  if (!clockwork) return false;
  const std::int64_t expected = totp_step(state_.now()) + clockwork->drift;
  for (std::int64_t step = expected - skew_steps; step <= expected + skew_steps; ++step) {
    if (step <= clockwork->last_step || !equal_constant_time(totp_code(clockwork->seed, step), code)) continue;
    state_.database().execute("UPDATE mfa_device_devices SET last_step = ? WHERE serial = ?", {step, device.serial()});
    return true;
  }
  return false;
}

void MfaDeviceStore::rename_user(const std::string& account, const std::string& before, const std::string& after) {
  changing(state_).execute("UPDATE mfa_device_devices SET user_name = ? WHERE account = ? AND user_name = ?", {after, account, before});
}

}  // namespace tocsin::access
