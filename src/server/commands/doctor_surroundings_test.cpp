// The commonest mistakes, made one by one, and what the doctor says of each.
#include "server/commands/doctor_surroundings.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sqlite3.h>
#include <sys/file.h>
#include <unistd.h>

#include <fstream>

#include "access/credentials/secret_box.h"
#include "base/random.h"
#include "server/commands/doctor.h"
#include "server/config/data_directory.h"
#include "server/config/running_settings.h"

namespace tocsin::server {
namespace {

class DoctorTest : public ::testing::Test {
 protected:
  void SetUp() override { std::filesystem::create_directories(data); }
  void TearDown() override { std::filesystem::remove_all(data); }
  void state(const std::string& sql) {
    sqlite3* opened = nullptr;
    sqlite3_open(DataDirectory{data}.state_database().c_str(), &opened);
    EXPECT_EQ(sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(opened);
  }

  std::filesystem::path data = std::filesystem::temp_directory_path() / ("tocsin-doctor-" + std::to_string(::getpid()));
};

void expect(const Finding& finding, Health health, const char* words, const char* fix) {
  EXPECT_EQ(finding.health, health) << finding.words;
  EXPECT_NE(finding.words.find(words), std::string::npos) << finding.words;
  EXPECT_NE(finding.fix.find(fix), std::string::npos) << finding.fix;
}

TEST_F(DoctorTest, DataThatOthersCanRead) {
  std::filesystem::permissions(data, std::filesystem::perms::owner_all | std::filesystem::perms::others_read);
  expect(check_privacy(data), Health::doubtful, "can look into", "chmod 700");
  std::filesystem::permissions(data, std::filesystem::perms::owner_all);
  std::ofstream(DataDirectory{data}.server_key()) << "00";
  std::filesystem::permissions(DataDirectory{data}.server_key(), static_cast<std::filesystem::perms>(0644));
  expect(check_privacy(data), Health::ill, "which opens every secret", "chmod 600");
  std::filesystem::permissions(DataDirectory{data}.server_key(), static_cast<std::filesystem::perms>(0600));
  EXPECT_EQ(check_privacy(data).health, Health::well);
}

TEST_F(DoctorTest, DataThatThisUserMayNotLookAt) {
  const ServerConfig config{.data = data / std::string(300, 'x')};  // the system refuses to look, as it does in another user's directory
  EXPECT_EQ(check_data_directory(config.data).health, Health::ill);
  EXPECT_EQ(check_certificate(config, Instant{}).words, "not looked at");
  EXPECT_EQ(check_database(config.data).words, "not looked at");
}

TEST_F(DoctorTest, AKeyThatIsGoneAndKeysThatWereNeverMade) {
  EXPECT_EQ(check_server_key(data).health, Health::well);
  expect(check_first_keys(data), Health::doubtful, "nobody has one yet", "tocsin init");
  state("CREATE TABLE access_key_keys (active INTEGER); INSERT INTO access_key_keys VALUES (0)");
  expect(check_server_key(data), Health::ill, "server.key is gone", "backup");
  expect(check_first_keys(data), Health::doubtful, "nobody has an active one", "tocsin init");
  state("INSERT INTO access_key_keys VALUES (1)");
  EXPECT_EQ(check_first_keys(data).words, "1 active");
}

TEST_F(DoctorTest, AKeyThatIsNoneAndOneOfAnotherServer) {
  const auto file = DataDirectory{data}.server_key();
  SeededRandom random(5);
  const std::string key = *access::read_or_make_key_file(file.string(), random);
  state("CREATE TABLE access_key_keys (key_id TEXT, created INTEGER, sealed_secret TEXT, active INTEGER);"
        "INSERT INTO access_key_keys VALUES ('AKIA1', 1, '" + access::SecretBox(access::derived_key(key, "secrets"), random).seal("secret", "AKIA1") + "', 1)");
  EXPECT_EQ(check_server_key(data).words, "it opens the secrets");
  std::ofstream(file) << "00";
  expect(check_server_key(data), Health::ill, "cannot be read without it", "backup");
  std::filesystem::remove(file);
  ASSERT_TRUE(access::read_or_make_key_file(file.string(), random));
  expect(check_server_key(data), Health::ill, "is not the key", "backup");
}

TEST_F(DoctorTest, LooksAtTheSettingsOfTheServerThatRuns) {
  const auto file = DataDirectory{data}.server_key();
  std::filesystem::create_directories(data);
  SeededRandom random(5);
  ASSERT_TRUE(access::read_or_make_key_file(file.string(), random));
  state("CREATE TABLE access_key_keys (active INTEGER)");
  const RunningSettings running{.given = {{"smtp", {"smtp://mail.example:25"}}, {"public-url", {"https://ops.example"}}},
                                .directory = "/",
                                .key_fingerprint = key_fingerprint(file)};
  ASSERT_TRUE(write_running_settings(DataDirectory{data}.running(), running));
  EXPECT_EQ(std::filesystem::status(DataDirectory{data}.running()).permissions(), static_cast<std::filesystem::perms>(0600));
  const ServerConfig own{.data = data};
  EXPECT_FALSE(settings_for_doctor(own, {}, {})->of_running_server);

  const int held = ::open((DataDirectory{data}.state_database().string() + ".lock").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  const auto settings = settings_for_doctor(own, {{"smtp", {"smtp://new.example:25"}}}, {{"public-url", {"https://other.example"}}});
  ASSERT_TRUE(settings);
  EXPECT_TRUE(settings->of_running_server);
  EXPECT_EQ(settings->config.smtp_url, "smtp://mail.example:25");
  EXPECT_EQ(settings->config.public_url, "https://other.example");
  EXPECT_EQ(settings->config.data, data);
  EXPECT_EQ(settings->changed, std::vector<std::string>{"smtp"});
  EXPECT_EQ(check_server_key(data).words, "the one that the server started with");
  std::filesystem::remove(file);
  ASSERT_TRUE(access::read_or_make_key_file(file.string(), random));
  expect(check_server_key(data), Health::ill, "was changed since the server started", "backup");
  ::close(held);
}

TEST_F(DoctorTest, AServerThatHangs) {
  const ServerConfig config{.data = data};
  EXPECT_EQ(check_hanging_server(config).health, Health::well);
  const int held = ::open((DataDirectory{data}.state_database().string() + ".lock").c_str(), O_RDWR | O_CREAT, 0600);
  ASSERT_EQ(::flock(held, LOCK_EX), 0);
  expect(check_hanging_server(config), Health::ill, "answers nobody", "fuser -v");
  ::close(held);
  EXPECT_EQ(check_hanging_server(config).health, Health::well);
}

TEST_F(DoctorTest, DisksInMemoryOnTheNetworkAndWithoutInodes) {
  expect(judge_file_system(TMPFS_MAGIC, data), Health::doubtful, "in memory", "move it to a disk");
  expect(judge_file_system(NFS_SUPER_MAGIC, data), Health::doubtful, "network file system", "local disk");
  EXPECT_EQ(judge_file_system(EXT4_SUPER_MAGIC, data).health, Health::well);
  expect(judge_free_files(10, 1'000'000, data), Health::ill, "10 files more", "df -i");
  EXPECT_EQ(judge_free_files(5000, 1'000'000, data).health, Health::doubtful);
  EXPECT_EQ(judge_free_files(0, 0, data).health, Health::well) << "a file system that counts none";
  EXPECT_FALSE(check_file_system(data).words.empty());
  EXPECT_FALSE(check_free_files(data).words.empty());
}

TEST_F(DoctorTest, LimitsThatAreTooLow) {
  expect(judge_open_files(1024), Health::doubtful, "only 1024", "LimitNOFILE");
  EXPECT_EQ(judge_open_files(65536).health, Health::well);
  expect(judge_memory(128 << 20), Health::doubtful, "128 MiB", "512 MiB");
  EXPECT_EQ(judge_memory(1u << 30).health, Health::well);
  EXPECT_FALSE(check_open_files().words.empty());
  EXPECT_FALSE(check_memory().words.empty());
}

TEST_F(DoctorTest, AMachineWithoutTimeZones) { expect(check_time_zones(data), Health::ill, "there are none", "apt-get install tzdata"); }

TEST_F(DoctorTest, LinksThatLeadNowhere) {
  ServerConfig config{.data = data, .listen = {{"0.0.0.0", 4566}}, .smtp_url = "smtp://mail:25"};
  expect(check_public_url(config), Health::doubtful, "links in mails", "--public-url");
  config.public_url = "http://localhost:4566";
  expect(check_public_url(config), Health::doubtful, "their own machine", "--public-url");
  config.public_url = "https://ops.example.com";
  EXPECT_EQ(check_public_url(config).health, Health::well);
}

TEST_F(DoctorTest, DevWhereOthersReachIt) {
  ServerConfig config{.data = data, .dev = true, .listen = {{"0.0.0.0", 4566}}};
  expect(check_dev(config), Health::ill, "takes any key", "127.0.0.1");
  config.listen = {{"127.0.0.1", 4566}};
  EXPECT_EQ(check_dev(config).health, Health::well);
}

TEST_F(DoctorTest, ASenderThatIsRefusedAndAuthoritiesThatAreNone) {
  ServerConfig config{.data = data, .smtp_url = "smtp://mail:25"};
  expect(check_sender(config), Health::doubtful, "tocsin@localhost", "--smtp-from");
  config.smtp_from = "Tocsin <tocsin@shop.example>";
  EXPECT_EQ(check_sender(config).health, Health::well);
  config.smtp_ca = (data / "none.pem").string();
  expect(check_authorities(config), Health::ill, "cannot be read", "--smtp-ca");
  std::ofstream(data / "none.pem") << "hello";
  expect(check_authorities(config), Health::ill, "holds no certificate", "--smtp-ca");
  std::ofstream(data / "none.pem") << "-----BEGIN CERTIFICATE-----\n";
  EXPECT_EQ(check_authorities(config).health, Health::well);
}

TEST_F(DoctorTest, PortsThatCannotBeBound) {
  expect(judge_bind_failure("0.0.0.0:443: Permission denied", "0.0.0.0:443", 443), Health::ill, "denied", "CAP_NET_BIND_SERVICE");
  expect(judge_bind_failure("10.1.2.3:80: Cannot assign requested address", "10.1.2.3:80", 80), Health::ill, "assign", "ip -br address");
  expect(judge_bind_failure("127.0.0.1:80: Address already in use", "127.0.0.1:80", 80), Health::ill, "in use", "ss -ltnp");
}

}  // namespace
}  // namespace tocsin::server
