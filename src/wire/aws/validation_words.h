// How each service words a broken constraint, and which ones its front end checks.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "wire/aws/wire_error.h"

namespace tocsin::wire {

/// One step on the way to a value, linked to the one before, so that a path costs nothing until it is shown. The last step is the
/// innermost.
struct Step {
  enum class Kind { root, member, element, entry };
  const Step* before = nullptr;
  Kind kind = Kind::root;
  std::string_view name = {};  ///< of a member, or a map's key
  std::size_t index = 0;       ///< of an element, from 1
};

/// Where in the input: "entries.1.member.detail" as most write it, "Entries.member.1.Detail" as query parameters are named.
struct Place {
  std::string path;
  std::string parameter;
};
Place place_of(const Step& step);

struct Violation {
  Place place;
  std::optional<std::string> value;  ///< nullopt: missing, or not to be shown
  std::string constraint;            ///< "Member must not be null"
  std::string member;                ///< the model's name of the member that it is about
  bool is_missing = false;
};

enum class MissingWords {
  constraint,          ///< 1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null
  parameter_required,  ///< The parameter MetricName is required.
  must_contain,        ///< The request must contain the parameter QueueUrl.
};

struct ValidationWords {
  std::string_view service;
  std::string_view code;
  MissingWords missing = MissingWords::constraint;
  bool checks_constraints = true;  ///< false: lengths, patterns and enums are the handlers' own
  bool checks_enums = true;
  /// Members whose violations have a code of their own.
  std::vector<std::pair<std::string_view, std::string_view>> code_of_member = {};
};

const ValidationWords& validation_words(std::string_view service);

/// One error for all of them; `violations` is not empty.
WireError word(const std::vector<Violation>& violations, const ValidationWords& words);

}  // namespace tocsin::wire
