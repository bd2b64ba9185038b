// How the key of a series is put together: account, region, namespace, name, then each dimension's name and value in order; and its unit.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::telemetry {

inline constexpr char key_part_end = '\x01';
inline constexpr char key_unit_begin = '\0';

/// Characters that separate parts are replaced.
inline void append_key_part(std::string& key, std::string_view part) {
  const std::size_t from = key.size();
  key.append(part);
  for (std::size_t i = from; i < key.size(); ++i)
    if (key[i] == key_part_end || key[i] == key_unit_begin) key[i] = ' ';
  key += key_part_end;
}

}  // namespace tocsin::telemetry
