#include "wire/tls/certificate_authority.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "wire/tls/tls_context.h"

namespace tocsin::wire {
namespace {

const Instant now = instant_from_ms(1'795'000'000'000);

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

class TlsFilesTest : public testing::Test {
 protected:
  std::filesystem::path directory = std::filesystem::temp_directory_path() / ("tocsin-tls-" + std::to_string(::getpid()));
  TlsFiles files = tls_files(directory);
  void TearDown() override { std::filesystem::remove_all(directory); }
};

TEST_F(TlsFilesTest, AreMadeOnceForTheirOwnerAlone) {
  EXPECT_EQ(create_tls_files(directory, {"ops.example", "10.0.0.7", "fe80::1"}, now), true);
  for (const auto& file : {files.ca_key, files.certificate, files.key}) {
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600u) << file;
  }
  EXPECT_TRUE(load_server_tls(files.certificate, files.key));
  EXPECT_TRUE(load_client_tls(files.ca_certificate));
  EXPECT_EQ(certificate_expiry(files.certificate), now + std::chrono::days(820));
  const std::string before = content_of(files.certificate);
  EXPECT_EQ(create_tls_files(directory, {}, now), false);
  EXPECT_EQ(content_of(files.certificate), before);
}

TEST_F(TlsFilesTest, ARemovedCertificateIsMadeAnewUnderTheSameAuthority) {
  ASSERT_TRUE(create_tls_files(directory, {}, now));
  const std::string authority = content_of(files.ca_certificate);
  std::filesystem::remove(files.certificate);
  EXPECT_EQ(create_tls_files(directory, {}, now + std::chrono::days(100)), true);
  EXPECT_EQ(content_of(files.ca_certificate), authority);
  EXPECT_EQ(certificate_expiry(files.certificate), now + std::chrono::days(920));
  EXPECT_TRUE(load_server_tls(files.certificate, files.key));
}

TEST_F(TlsFilesTest, AHostThatIsNoneIsRefused) {
  for (const char* host : {"", "a b", "a,DNS:evil", "http://x"}) EXPECT_FALSE(create_tls_files(directory, {host}, now)) << host;
}

TEST_F(TlsFilesTest, BrokenFilesAreSaidSo) {
  std::filesystem::create_directories(directory);
  std::ofstream(directory / "broken.pem") << "no certificate";
  const auto loaded = load_server_tls(directory / "broken.pem", directory / "broken.pem");
  ASSERT_FALSE(loaded);
  EXPECT_NE(loaded.error().message.find("broken.pem"), std::string::npos);
  EXPECT_FALSE(load_client_tls(directory / "missing.pem"));
  EXPECT_FALSE(certificate_expiry(directory / "broken.pem"));
}

}  // namespace
}  // namespace tocsin::wire
