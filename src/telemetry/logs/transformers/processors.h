// The processors, each compiled from its definition.
#pragma once

#include <functional>

#include "base/document.h"
#include "base/result.h"
#include "telemetry/logs/transformers/field_path.h"
#include "telemetry/logs/transformers/transformer.h"

namespace tocsin::telemetry::transformers {

/// Changes the event; false when it could not be read.
using Process = std::function<bool(Object& event, std::string_view message, const TransformedFrom& from)>;
using Compiled = Result<Process>;
using Compile = Compiled (*)(const Document& definition);

Compiled parse_json_text(const Document& definition);
Compiled parse_key_values(const Document& definition);
Compiled parse_csv(const Document& definition);
Compiled parse_grok(const Document& definition);

Compiled parse_cloudfront(const Document& definition);
Compiled parse_postgres(const Document& definition);
Compiled parse_route53(const Document& definition);
Compiled parse_vpc(const Document& definition);
Compiled parse_waf(const Document& definition);

Compiled add_keys(const Document& definition);
Compiled copy_values(const Document& definition);
Compiled delete_keys(const Document& definition);
Compiled list_to_map(const Document& definition);
Compiled move_keys(const Document& definition);
Compiled rename_keys(const Document& definition);

Compiled lower_case(const Document& definition);
Compiled upper_case(const Document& definition);
Compiled trim(const Document& definition);
Compiled split_strings(const Document& definition);
Compiled substitute(const Document& definition);
Compiled convert_types(const Document& definition);
Compiled convert_date_times(const Document& definition);

/// The text that a parsing processor reads: of the member "source", else the message.
class Source {
 public:
  static Result<Source> of(const Document& definition);
  /// nullopt when there is no such text.
  std::optional<std::string> text(Object& event, std::string_view message) const;

 private:
  std::optional<FieldPath> path_;
};

/// Where a parsing processor puts what it found: at "destination", else at the root.
class Destination {
 public:
  static Result<Destination> of(const Document& definition);
  void put(Object& event, Object found, bool overwrite) const;

 private:
  std::optional<FieldPath> path_;
};

}  // namespace tocsin::telemetry::transformers
