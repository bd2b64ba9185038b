#include <gtest/gtest.h>

#include "access/mfa_devices/mfa_device_store.h"
#include "access/mfa_devices/totp.h"
#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::access {
namespace {

using namespace std::chrono_literals;
constexpr const char* account = "111122223333";

// RFC 6238, appendix B, cut to six digits
TEST(Totp, GivesTheCodesOfTheSpecification) {
  const std::string seed = "12345678901234567890";
  EXPECT_EQ(totp_code(seed, totp_step(Instant(59s))), "287082");
  EXPECT_EQ(totp_code(seed, totp_step(Instant(1111111109s))), "081804");
  EXPECT_EQ(totp_code(seed, totp_step(Instant(2000000000s))), "279037");
  EXPECT_EQ(to_base32("foobar"), "MZXW6YTBOI");
  EXPECT_EQ(to_base32("f"), "MY");
  EXPECT_EQ(to_base32(""), "");
}

struct Phone {
  ManualClock clock{instant_from_ms(1'760'000'000'000)};
  SimulatedExecutor executor{clock};
  SeededRandom random{3};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  storage::StateExecutor state{executor, *database};
  SecretBox box{std::string(32, 'k'), random};
  MfaDeviceStore devices{state, box, random};
  MfaDevice device{.account = account, .name = "phone"};
  std::string seed;

  Phone() {
    EXPECT_TRUE(devices.migrate());
    seed = *devices.create(device);
  }
  std::string code(std::int64_t steps_ahead = 0) const { return totp_code(seed, totp_step(clock.now()) + steps_ahead); }
  MfaDevice stored() { return *devices.find(device.serial()); }
};

TEST(MfaDevices, IsEnabledWithTwoCodesInARowAndTakesEachCodeOnce) {
  Phone phone;
  EXPECT_EQ(phone.devices.create(phone.device).error().reason, "EntityAlreadyExists");
  EXPECT_EQ(phone.devices.enable(phone.device, "ann", phone.code(), phone.code()).error().reason, "InvalidAuthenticationCode");
  ASSERT_TRUE(phone.devices.enable(phone.device, "ann", phone.code(-1), phone.code()));
  EXPECT_EQ(phone.stored().user_name, "ann");
  EXPECT_EQ(phone.devices.enable(phone.stored(), "bob", phone.code(-1), phone.code()).error().reason, "EntityAlreadyExists");
  EXPECT_FALSE(phone.devices.accepts(phone.stored(), phone.code())) << "it was spent when the device was enabled";
  phone.clock.advance(30s);
  const std::string now = phone.code();
  EXPECT_FALSE(phone.devices.accepts(phone.stored(), now == "000000" ? "000001" : "000000"));
  EXPECT_TRUE(phone.devices.accepts(phone.stored(), now));
  EXPECT_FALSE(phone.devices.accepts(phone.stored(), now));
  EXPECT_EQ(phone.devices.remove(phone.stored()).error().reason, "DeleteConflict");
  phone.devices.deactivate(phone.stored());
  EXPECT_TRUE(phone.devices.remove(phone.stored()));
  EXPECT_FALSE(phone.devices.find(phone.device.serial()));
}

TEST(MfaDevices, APhoneWhoseClockIsOffIsPutIntoStep) {
  Phone phone;
  ASSERT_TRUE(phone.devices.enable(phone.device, "ann", phone.code(7), phone.code(8)));
  phone.clock.advance(5min);
  EXPECT_TRUE(phone.devices.accepts(phone.stored(), phone.code(8)));
  EXPECT_FALSE(phone.devices.accepts(phone.stored(), phone.code(0)));
  ASSERT_TRUE(phone.devices.resync(phone.stored(), phone.code(-12), phone.code(-11)));
  phone.clock.advance(1min);
  EXPECT_TRUE(phone.devices.accepts(phone.stored(), phone.code(-11)));
}

}  // namespace
}  // namespace tocsin::access
