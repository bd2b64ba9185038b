// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
#include <boost/json.hpp>

#include "access/mfa_devices/totp.h"
#include "api/iam/operations.h"
#include "api/iam/qr_code.h"

namespace tocsin::api::iam {
namespace {

using access::MfaDevice;
using FoundDevice = std::expected<MfaDevice, ServiceError>;

constexpr std::size_t devices_per_user_max = 8;

std::unexpected<ServiceError> no_device(const std::string& serial) {
  return refuse("NoSuchEntityException", "VirtualMFADevice with serial number " + serial + " doesn't exist.");
}

FoundDevice device_of(const IamRooms& rooms, const Call& call) {
  const std::string serial = text_or(call.input, "SerialNumber");
  auto device = rooms.mfa_devices.find(serial);
  if (!device || device->account != call.scope.account) return no_device(serial);
  return std::move(*device);
}

/// The device, which must be the user's.
FoundDevice device_of_user(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  auto device = device_of(rooms, call);
  if (device && device->user_name != user->name)
    return refuse("NoSuchEntityException",
                  "MFA Device with serial number " + device->serial() + " is not associated with user " + user->name + '.');
  return device;
}

Object shown_virtual(const IamRooms& rooms, const MfaDevice& device) {
  Object out{{"SerialNumber", device.serial()}};
  if (!device.tags.empty()) out["Tags"] = tags_document(device.tags);
  if (device.user_name.empty()) return out;
  out["EnableDate"] = to_ns(device.enabled);
  if (const auto user = rooms.identities.find(EntityKind::user, device.account, device.user_name)) out["User"] = user_document(*user);
  return out;
}

std::string app_url(const IamRooms& rooms, const MfaDevice& device, const std::string& seed) {
  const std::string alias = rooms.accounts.alias(device.account), owner = alias.empty() ? device.account : alias;
  return "otpauth://totp/" + device.name + '@' + owner + "?secret=" + seed + "&issuer=Tocsin";
}

}  // namespace

Reply create_virtual_mfa_device(const IamRooms& rooms, const Call& call) {
  auto tags = with_tags({}, call.input);
  if (!tags) return std::unexpected(tags.error());
  const MfaDevice device{.account = call.scope.account,
                         .name = text_or(call.input, "VirtualMFADeviceName"),
                         .path = text_or(call.input, "Path", "/"),
                         .tags = std::move(*tags)};
  const auto seed = rooms.mfa_devices.create(device);
  if (!seed) return refused(seed.error());
  const std::string text = access::to_base32(*seed);
  Object out{{"SerialNumber", device.serial()}, {"Base32StringSeed", text}};
  if (auto picture = qr_code_png(app_url(rooms, device, text)); !picture.empty()) out["QRCodePNG"] = std::move(picture);
  if (!device.tags.empty()) out["Tags"] = tags_document(device.tags);
  return Object{{"VirtualMFADevice", std::move(out)}};
}

Reply delete_virtual_mfa_device(const IamRooms& rooms, const Call& call) {
  const auto device = device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  if (auto removed = rooms.mfa_devices.remove(*device); !removed) return refused(removed.error());
  return Object{};
}

Reply enable_mfa_device(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  const auto device = device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  if (rooms.mfa_devices.of_user(call.scope.account, user->name).size() >= devices_per_user_max)
    return refuse("LimitExceededException", "Cannot exceed quota for MFADevicesPerUser: 8");
  const auto enabled =
      rooms.mfa_devices.enable(*device, user->name, text_or(call.input, "AuthenticationCode1"), text_or(call.input, "AuthenticationCode2"));
  if (!enabled) return refused(enabled.error());
  return Object{};
}

Reply resync_mfa_device(const IamRooms& rooms, const Call& call) {
  const auto device = device_of_user(rooms, call);
  if (!device) return std::unexpected(device.error());
  const auto done =
      rooms.mfa_devices.resync(*device, text_or(call.input, "AuthenticationCode1"), text_or(call.input, "AuthenticationCode2"));
  if (!done) return refused(done.error());
  return Object{};
}

Reply deactivate_mfa_device(const IamRooms& rooms, const Call& call) {
  const auto device = device_of_user(rooms, call);
  if (!device) return std::unexpected(device.error());
  rooms.mfa_devices.deactivate(*device);
  return Object{};
}

Reply get_mfa_device(const IamRooms& rooms, const Call& call) {
  const auto device = find(call.input, "UserName") ? device_of_user(rooms, call) : device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  Object out{{"SerialNumber", device->serial()}};
  if (device->user_name.empty()) return out;
  out["UserName"] = device->user_name;
  out["EnableDate"] = to_ns(device->enabled);
  return out;
}

Reply list_mfa_devices(const IamRooms& rooms, const Call& call) {
  const auto user = entity_of(rooms, call, EntityKind::user);
  if (!user) return std::unexpected(user.error());
  KeyedItems items;
  for (const MfaDevice& device : rooms.mfa_devices.of_user(call.scope.account, user->name))
    items.emplace_back(device.serial(),
                       Object{{"UserName", user->name}, {"SerialNumber", device.serial()}, {"EnableDate", to_ns(device.enabled)}});
  return page_of(rooms, call, {}, "MFADevices", items);
}

Reply list_virtual_mfa_devices(const IamRooms& rooms, const Call& call) {
  const std::string status = text_or(call.input, "AssignmentStatus", "Any");
  KeyedItems items;
  for (const MfaDevice& device : rooms.mfa_devices.list(call.scope.account)) {
    if (status != "Any" && (status == "Assigned") == device.user_name.empty()) continue;
    items.emplace_back(device.serial(), shown_virtual(rooms, device));
  }
  return page_of(rooms, call, {}, "VirtualMFADevices", items);
}

Reply tag_mfa_device(const IamRooms& rooms, const Call& call) {
  auto device = device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  auto tags = with_tags(device->tags, call.input);
  if (!tags) return std::unexpected(tags.error());
  device->tags = std::move(*tags);
  rooms.mfa_devices.put_tags(*device);
  return Object{};
}

Reply untag_mfa_device(const IamRooms& rooms, const Call& call) {
  auto device = device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  device->tags = without_tags(std::move(device->tags), call.input);
  rooms.mfa_devices.put_tags(*device);
  return Object{};
}

Reply list_mfa_device_tags(const IamRooms& rooms, const Call& call) {
  const auto device = device_of(rooms, call);
  if (!device) return std::unexpected(device.error());
  KeyedItems items;
  for (const auto& [name, value] : device->tags) items.emplace_back(name, Object{{"Key", name}, {"Value", value}});
  return page_of(rooms, call, {}, "Tags", items);
}

}  // namespace tocsin::api::iam
