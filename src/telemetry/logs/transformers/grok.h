// Grok patterns: "%{IP:client} %{GREEDYDATA:rest}". Only the predefined patterns; the text between them is meant as it stands, and the
// whole of a message must match. Pure.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Configurable.html
#pragma once

#include <re2/re2.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "telemetry/logs/transformers/field_path.h"

namespace tocsin::telemetry::transformers {

class Grok {
 public:
  static Result<Grok> compile(std::string_view match);
  /// Puts what it names into the event; false when the text does not match.
  bool match(const std::string& text, Object& event) const;

 private:
  enum class Form { text, unquoted, integer, http_date, dash_is_nothing };
  struct Capture {
    FieldPath path;
    Form form = Form::text;
    int group = 0;
  };
  friend class GrokReader;
  std::shared_ptr<const re2::RE2> regex_;
  std::vector<Capture> captures_;
};

/// The regular expression of a predefined pattern, in which %{OTHER} stands for another and %{OTHER:name} names a part of it; nullptr when
/// there is none. A name may end with its form: "status_code|integer".
struct GrokPattern {
  std::string_view name;
  std::string_view regex;
  int uses_max;
};
const GrokPattern* grok_pattern(std::string_view name);

}  // namespace tocsin::telemetry::transformers
