// A log transformer: processors that make a JSON object of a log event, one after another. Pure and immutable. Threads: any.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Processors.html
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/result.h"
#include "model/scope.h"

namespace tocsin::telemetry {

/// Where an event stands, for copyValue.
struct TransformedFrom {
  Scope scope;
  std::string group, stream;
};

class Transformer {
 public:
  /// `processors` is a transformerConfig. `invalid` with words, `unsupported` for what is not offered.
  static Result<Transformer> compile(const Array& processors);
  /// JSON text; nullopt when the event cannot be read.
  std::optional<std::string> transform(std::string_view message, const TransformedFrom& from) const;

 private:
  struct Step;
  std::vector<std::function<bool(Object&, std::string_view, const TransformedFrom&)>> steps_;
};

}  // namespace tocsin::telemetry
