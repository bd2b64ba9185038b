#include "wire/aws/validation_words.h"

namespace tocsin::wire {
namespace {

std::string lower_first(std::string_view name) {
  std::string text(name);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

void append(std::string& path, std::string_view piece) {
  if (!path.empty()) path += '.';
  path += piece;
}

std::string sentence(const Violation& violation) {
  const std::string value = violation.is_missing ? "Value null at '"
                            : violation.value    ? "Value '" + *violation.value + "' at '"
                                                 : "Value at '";
  return value + violation.place.path + "' failed to satisfy constraint: " + violation.constraint;
}

std::string_view code_of(const Violation& violation, const ValidationWords& words) {
  for (const auto& [member, code] : words.code_of_member)
    if (member == violation.member) return code;
  return words.code;
}

}  // namespace

Place place_of(const Step& step) {
  if (!step.before) return {};
  Place place = place_of(*step.before);
  switch (step.kind) {
    case Step::Kind::root:
      break;
    case Step::Kind::member:
      append(place.path, lower_first(step.name));
      append(place.parameter, step.name);
      break;
    case Step::Kind::element:
      append(place.path, std::to_string(step.index) + ".member");
      append(place.parameter, "member." + std::to_string(step.index));
      break;
    case Step::Kind::entry:
      append(place.path, std::string(step.name) + ".member");
      append(place.parameter, step.name);
      break;
  }
  return place;
}

const ValidationWords& validation_words(std::string_view service) {
  static const std::vector<ValidationWords> table = {
      {"sns", "ValidationError"},
      {"sts", "ValidationError"},
      {"iam", "ValidationError"},
      {"cloudwatch", "ValidationError", MissingWords::parameter_required},
      {"sqs", "InvalidParameterValue", MissingWords::must_contain, false, false},
      {"logs", "InvalidParameterException"},
      {"cloudtrail",
       "InvalidParameterException",
       MissingWords::constraint,
       true,
       true,
       {{"MaxResults", "InvalidMaxResultsException"}, {"NextToken", "InvalidNextTokenException"}}},
      {"xray", "InvalidRequestException"},
  };
  static const ValidationWords common{"", "ValidationException"};
  for (const ValidationWords& words : table)
    if (words.service == service) return words;
  return common;
}

WireError word(const std::vector<Violation>& violations, const ValidationWords& words) {
  for (const Violation& violation : violations) {
    if (!violation.is_missing) continue;
    if (words.missing == MissingWords::parameter_required)
      return {"MissingParameter", "The parameter " + violation.place.parameter + " is required.", 0, {}};
    if (words.missing == MissingWords::must_contain)
      return {"MissingParameter", "The request must contain the parameter " + violation.place.parameter + ".", 0, {}};
  }
  std::string message =
      std::to_string(violations.size()) + (violations.size() == 1 ? " validation error detected: " : " validation errors detected: ");
  for (const Violation& violation : violations) message += (&violation == &violations.front() ? "" : "; ") + sentence(violation);
  return {std::string(code_of(violations.front(), words)), std::move(message), 0, {}};
}

}  // namespace tocsin::wire
