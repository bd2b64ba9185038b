#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>

#include "server/config/config_sources.h"
#include "server/config/endpoints_file.h"
#include "server/config/setting.h"

namespace tocsin::server {
namespace {

TEST(ConfigTest, TheCommandLineWinsOverTheEnvironmentOverTheFile) {
  const auto file = settings_of_yaml(
      "listen: ['127.0.0.1:1', '[::1]:2']\nregion: eu-west-1\nsmtp:\n  url: smtp://mail.example\n  from: A <a@b.example>\nlog_json: "
      "true\n");
  ASSERT_TRUE(file);
  const char* environment[] = {"PATH=/bin", "TOCSIN_REGION=eu-north-1", "TOCSIN_LISTEN=127.0.0.1:3,127.0.0.1:4", nullptr};
  const auto loaded = load_config({{"tocsin.yaml", *file},
                                   {"the environment", settings_of_environment(environment)},
                                   {"the command line", {{"listen", {"127.0.0.1:0"}}}}});
  ASSERT_TRUE(loaded) << loaded.error().message;
  EXPECT_TRUE(loaded->warnings.empty());
  EXPECT_EQ(loaded->config.listen, (std::vector<wire::ListenAddress>{{"127.0.0.1", 0}}));
  EXPECT_EQ(loaded->config.region, "eu-north-1");
  EXPECT_EQ(loaded->config.smtp_url, "smtp://mail.example");
  EXPECT_EQ(loaded->config.smtp_from, "A <a@b.example>");
  EXPECT_TRUE(loaded->config.log_json);
}

TEST(ConfigTest, AnUnknownKeyWarnsAndNamesTheNearest) {
  const auto loaded = load_config({{"tocsin.yaml", {{"lsiten", {"x"}}, {"colour", {"red"}}}}});
  ASSERT_TRUE(loaded);
  EXPECT_EQ(loaded->warnings, (std::vector<std::string>{"unknown setting 'colour' in tocsin.yaml",
                                                        "unknown setting 'lsiten' in tocsin.yaml; did you mean 'listen'?"}));
}

TEST(ConfigTest, WrongValuesSayWhatIsExpectedAndWhereTheyStand) {
  const std::vector<std::pair<RawSettings, std::string>> cases = {
      {{{"listen", {"nowhere"}}},
       "listen: 'nowhere' is no address to listen on; expected HOST:PORT, such as 127.0.0.1:4566 or [::1]:0 (test)"},
      {{{"dev", {"perhaps"}}}, "dev: 'perhaps' is not true or false (test)"},
      {{{"log-level", {"loud"}}}, "log-level: 'loud' is not debug, info, warning or error (test)"},
      {{{"account", {"12"}}}, "account: '12' is not twelve digits (test)"},
      {{{"public-url", {"ftp://x"}}}, "public-url: 'ftp://x' is not a URL of http or https (test)"},
      {{{"io-threads", {"0"}}}, "io-threads: '0' is not a number from 1 to 64 (test)"},
      {{{"tls-key", {"k"}}}, "tls-certificate and tls-key belong together; one is missing"},
  };
  for (const auto& [settings, message] : cases) {
    const auto loaded = load_config({{"test", settings}});
    ASSERT_FALSE(loaded) << message;
    EXPECT_EQ(loaded.error().message, message);
  }
}

TEST(ConfigTest, DevNeverLeavesLoopback) {
  EXPECT_FALSE(load_config({{"t", {{"dev", {"true"}}, {"listen", {"0.0.0.0:4566"}}}}}));
  EXPECT_TRUE(load_config({{"t", {{"dev", {"true"}}, {"listen", {"127.0.0.1:1", "[::1]:1", "localhost:1"}}}}}));
  EXPECT_TRUE(load_config({{"t", {{"listen", {"0.0.0.0:4566"}}}}}));
}

TEST(ConfigTest, ListenersCanBeOff) { EXPECT_TRUE(load_config({{"t", {{"listen", {"off"}}}}})->config.listen.empty()); }

TEST(ConfigTest, ABrokenFileNamesTheLine) {
  const auto broken = settings_of_yaml("region: a\n listen: [\n");
  ASSERT_FALSE(broken);
  EXPECT_TRUE(broken.error().message.starts_with("line 2: ")) << broken.error().message;
  EXPECT_FALSE(settings_of_yaml("just text"));
  EXPECT_TRUE(settings_of_yaml(""));
}

TEST(EndpointsFileTest, IsReadAsItWasWritten) {
  const auto file = std::filesystem::temp_directory_path() / ("endpoints-" + std::to_string(::getpid()) + ".json");
  ASSERT_TRUE(write_endpoints(
      file,
      {.process_id = 7, .version = "0.1.0", .started = instant_from_ms(1'795'000'000'000), .dev = true, .urls = {"http://127.0.0.1:1"}}));
  const auto read = read_endpoints(file);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->process_id, 7);
  EXPECT_EQ(to_ms(read->started), 1'795'000'000'000);
  EXPECT_EQ(read->urls, std::vector<std::string>{"http://127.0.0.1:1"});
  std::filesystem::remove(file);
  EXPECT_EQ(read_endpoints(file).error().kind, ErrorKind::not_found);
}

}  // namespace
}  // namespace tocsin::server
