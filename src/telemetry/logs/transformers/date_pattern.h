// Dates read and written by Java's patterns: yyyy-MM-dd'T'HH:mm:ss.SSSXXX. English and German names. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tocsin::telemetry::transformers {

class DateConverter {
 public:
  struct Settings {
    std::vector<std::string> match_patterns;
    std::string target_format;
    std::string source_zone = "UTC", target_zone = "UTC";
    std::string locale = "en";
  };
  /// `invalid` for a pattern letter, zone or locale that is not known.
  static Result<DateConverter> make(Settings settings);
  /// By the first pattern that fits; nullopt when none does.
  std::optional<std::string> convert(std::string_view text) const;

  /// One letter and how often it stands, or a text as it is.
  struct Piece {
    char letter = 0;
    int count = 0;
    std::string text;
  };

 private:
  Settings settings_;
  std::vector<std::vector<Piece>> sources_;
  std::vector<Piece> target_;
};

}  // namespace tocsin::telemetry::transformers
