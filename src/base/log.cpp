#include "base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <atomic>
#include <boost/json.hpp>

#include "base/clock.h"
#include "base/text_time.h"

namespace tocsin::log {
namespace {

std::atomic<bool> as_json = false;
constexpr const char* text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %^%-5l%$ %v";

spdlog::logger& logger() {
  static const auto instance = [] {
    auto made = std::make_shared<spdlog::logger>("tocsin", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern(text_pattern, spdlog::pattern_time_type::utc);
    return made;
  }();
  return *instance;
}

spdlog::level::level_enum level_of(Level level) {
  switch (level) {
    case Level::debug:
      return spdlog::level::debug;
    case Level::info:
      return spdlog::level::info;
    case Level::warning:
      return spdlog::level::warn;
    case Level::error:
      return spdlog::level::err;
    case Level::off:
      return spdlog::level::off;
  }
  return spdlog::level::info;
}

std::string as_text(std::string_view part, std::string_view message, std::initializer_list<Field> fields) {
  std::string line = fmt::format("{}: {}", part, message);
  for (const auto& [key, value] : fields) {
    const bool plain = !value.empty() && value.find_first_of(" \"\n=") == std::string::npos;
    line += fmt::format(" {}={}", key, plain ? value : boost::json::serialize(boost::json::string_view(value)));
  }
  return line;
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::debug: return "debug";
    case Level::info: return "info";
    case Level::warning: return "warning";
    case Level::error: return "error";
    default: return "";
  }
}

std::string as_object(Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields) {
  boost::json::object line{{"time", to_rfc3339_ms(SystemClock().now())}, {"level", name_of(level)}, {"part", part}, {"message", message}};
  for (const auto& [key, value] : fields) line[boost::json::string_view(key.data(), key.size())] = value;
  return boost::json::serialize(line);
}

}  // namespace

void set_level(Level level) { logger().set_level(level_of(level)); }

void set_json(bool on) { as_json = on; }

void write(Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields) {
  if (!logger().should_log(level_of(level))) return;
  logger().log(level_of(level), as_json ? as_object(level, part, message, fields) : as_text(part, message, fields));
}

}  // namespace tocsin::log
