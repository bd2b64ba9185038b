// Letters of ASCII, whatever the locale.
#pragma once

#include <string>
#include <string_view>

namespace tocsin {

/// The text with its capital letters A to Z made small; all other bytes as they are.
inline std::string lower_case(std::string_view text) {
  std::string small(text);
  for (char& c : small)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return small;
}

}  // namespace tocsin
