#include "access/mfa_devices/totp.h"
#include "api/iam/iam_world_test.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;
using namespace iam_world;

struct Phone : World {
  std::string seed, serial;

  Phone() {
    done("CreateUser", user_named("ann"));
    const Document made = *find(done("CreateVirtualMFADevice", Object{{"VirtualMFADeviceName", "ann-phone"},
                                                                      {"Tags", Array{Object{{"Key", "team"}, {"Value", "shop"}}}}}),
                                "VirtualMFADevice");
    serial = text_or(made, "SerialNumber");
    seed = raw(text_or(made, "Base32StringSeed"));
    EXPECT_TRUE(text_or(made, "QRCodePNG").starts_with("\x89PNG"));
  }
  static std::string raw(const std::string& base32) {
    std::string out;
    unsigned held = 0;
    int bits = 0;
    for (const char c : base32) {
      held = held << 5 | static_cast<unsigned>(std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567").find(c));
      if ((bits += 5) >= 8) out += static_cast<char>(held >> (bits -= 8) & 0xff);
    }
    return out;
  }
  std::string code(int ahead = 0) const { return access::totp_code(seed, access::totp_step(clock.now()) + ahead); }
  Object of_ann() const { return {{"UserName", "ann"}, {"SerialNumber", serial}}; }
  void enable() {
    Object input = of_ann();
    input["AuthenticationCode1"] = code(-1);
    input["AuthenticationCode2"] = code();
    done("EnableMFADevice", input);
  }
  void become_ann() {
    const Document key = *find(done("CreateAccessKey", user_named("ann")), "AccessKey");
    caller = {.kind = PrincipalKind::user,
              .account = account,
              .arn = "arn:aws:iam::111122223333:user/ann",
              .principal_id = "AIDAX",
              .name = "ann",
              .access_key_id = text_or(key, "AccessKeyId")};
  }
};

TEST(MfaDevices, AreMadeEnabledListedTaggedAndLetGo) {
  Phone world;
  EXPECT_EQ(world.serial, "arn:aws:iam::111122223333:mfa/ann-phone");
  EXPECT_EQ(world.refused("CreateVirtualMFADevice", Object{{"VirtualMFADeviceName", "ann-phone"}}),
            "EntityAlreadyExistsException: MFADevice entity at the same path and name already exists.");
  Object wrong = world.of_ann();
  for (const char* name : {"AuthenticationCode1", "AuthenticationCode2"}) wrong[name] = world.code();
  EXPECT_EQ(world.refused("EnableMFADevice", wrong), "InvalidAuthenticationCodeException: Authentication code for device is not valid.");
  EXPECT_EQ(array_at(world.done("ListVirtualMFADevices", Object{{"AssignmentStatus", "Unassigned"}}), "VirtualMFADevices").size(), 1u);
  world.enable();
  EXPECT_TRUE(array_at(world.done("ListVirtualMFADevices", Object{{"AssignmentStatus", "Unassigned"}}), "VirtualMFADevices").empty());
  const Document listed = world.done("ListVirtualMFADevices");
  EXPECT_EQ(text_or(*find(array_at(listed, "VirtualMFADevices").front(), "User"), "UserName"), "ann");
  EXPECT_EQ(text_or(array_at(world.done("ListMFADevices", user_named("ann")), "MFADevices").front(), "SerialNumber"), world.serial);
  EXPECT_EQ(text_or(world.done("GetMFADevice", Object{{"SerialNumber", world.serial}}), "UserName"), "ann");
  EXPECT_EQ(world.refused("DeleteUser", user_named("ann")), "DeleteConflictException: Cannot delete entity, must delete MFA device first.");
  EXPECT_EQ(world.refused("DeleteVirtualMFADevice", Object{{"SerialNumber", world.serial}}),
            "DeleteConflictException: MFA VirtualDevice in use. Must deactivate first.");
  EXPECT_EQ(integer_or(*find(world.done("GetAccountSummary"), "SummaryMap"), "MFADevicesInUse", 0), 1);
  world.done("TagMFADevice", Object{{"SerialNumber", world.serial}, {"Tags", Array{Object{{"Key", "a"}, {"Value", "b"}}}}});
  world.done("UntagMFADevice", Object{{"SerialNumber", world.serial}, {"TagKeys", Array{"team"}}});
  EXPECT_EQ(to_json(world.done("ListMFADeviceTags", Object{{"SerialNumber", world.serial}})),
            R"({"Tags":[{"Key":"a","Value":"b"}],"IsTruncated":false})");
  world.done("UpdateUser", Object{{"UserName", "ann"}, {"NewUserName", "anne"}});
  Object of_anne = world.of_ann();
  of_anne["UserName"] = "anne";
  world.done("DeactivateMFADevice", of_anne);
  world.done("DeleteVirtualMFADevice", Object{{"SerialNumber", world.serial}});
  EXPECT_TRUE(world.refused("GetMFADevice", Object{{"SerialNumber", world.serial}}).starts_with("NoSuchEntityException: "));
  world.done("DeleteUser", user_named("anne"));
}

TEST(MfaDevices, ASessionWithACodeSaysSoToPolicies) {
  Phone world;
  world.enable();
  world.become_ann();
  world.clock.advance(60s);
  const Object asked{{"SerialNumber", world.serial}, {"TokenCode", world.code()}};
  const Document session = *find(world.done("GetSessionToken", asked), "Credentials");
  EXPECT_EQ(world.refused("GetSessionToken", asked), "AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code. ")
      << "a code counts once";
  EXPECT_EQ(world.refused("GetSessionToken", Object{{"SerialNumber", world.serial}}),
            "AccessDenied: MultiFactorAuthentication failed must provide both MFA serial number and one time pass code.");
  Principal ann = world.caller;
  ann.access_key_id = text_or(session, "AccessKeyId");
  EXPECT_EQ(world.authorizer.context_of(ann).at("aws:multifactorauthpresent"), std::vector<std::string>{"true"});
  ann.access_key_id = text_or(*find(world.done("GetSessionToken"), "Credentials"), "AccessKeyId");
  EXPECT_EQ(world.authorizer.context_of(ann).at("aws:multifactorauthpresent"), std::vector<std::string>{"false"});
  EXPECT_FALSE(world.authorizer.context_of(world.caller).contains("aws:multifactorauthpresent"))
      << "of a key kept for long nothing is said";
}

TEST(MfaDevices, ARoleThatAsksForASecondFactorIsAssumedWithOne) {
  Phone world;
  world.done(
      "CreateRole",
      Object{
          {"RoleName", "careful"},
          {"AssumeRolePolicyDocument",
           R"({"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:user/ann"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}})"}});
  world.enable();
  world.become_ann();
  world.clock.advance(60s);
  Object input{{"RoleArn", "arn:aws:iam::111122223333:role/careful"}, {"RoleSessionName", "night"}};
  EXPECT_TRUE(world.refused("AssumeRole", input).starts_with("AccessDenied: "));
  input["SerialNumber"] = world.serial;
  input["TokenCode"] = world.code();
  world.done("AssumeRole", input);
}

}  // namespace
}  // namespace tocsin::api
