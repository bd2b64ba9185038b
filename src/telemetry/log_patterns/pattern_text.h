// A template as people read it: "[INFO] Request time: <Time-1> ms", with what each token is, and as a regular expression.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData_Patterns.html
#pragma once

#include "telemetry/log_patterns/template_miner.h"

namespace tocsin::telemetry {

struct PatternToken {
  std::size_t position = 0;                           ///< from 1
  std::string type;                                   ///< Time, Number, IP, ID, Path, Token
  std::string text;                                   ///< <Time-1>
  std::size_t first_variable = 0, last_variable = 0;  ///< of the template's variables
};

struct PatternText {
  std::string pattern, regex;
  std::vector<PatternToken> tokens;
};

/// A date and the time behind it are one token.
PatternText pattern_text(const TemplateText& text);
/// ERROR, WARN or INFO, by the words in it.
std::string_view severity_of(std::string_view pattern);

}  // namespace tocsin::telemetry
