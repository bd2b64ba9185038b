// Structured log lines on stderr: time, level, part, message, then key=value pairs. Hides spdlog, which costs seconds to compile.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace tocsin::log {

enum class Level { debug, info, warning, error, off };
using Field = std::pair<std::string_view, std::string>;

/// Lines below this level are dropped. Info at start.
void set_level(Level level);
/// Text for people (default), or one JSON object a line.
void set_json(bool on);

/// Thread-safe. `part` is the folder, such as "delivery/outbox". Never log a secret.
void write(Level level, std::string_view part, std::string_view message, std::initializer_list<Field> fields = {});

inline void debug(std::string_view part, std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::debug, part, message, fields);
}
inline void info(std::string_view part, std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::info, part, message, fields);
}
inline void warning(std::string_view part, std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::warning, part, message, fields);
}
inline void error(std::string_view part, std::string_view message, std::initializer_list<Field> fields = {}) {
  write(Level::error, part, message, fields);
}

}  // namespace tocsin::log
