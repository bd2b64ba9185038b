#include "remediate/parameters/parameter_rules.h"

#include <re2/re2.h>

#include <algorithm>
#include <charconv>

#include "model/arn.h"

namespace tocsin::remediate {
namespace {

constexpr std::size_t name_length_max = 1011;
constexpr std::ptrdiff_t levels_max = 15;
constexpr std::size_t standard_bytes_max = 4096;
constexpr std::size_t advanced_bytes_max = 8192;

bool is_name_character(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.' || c == '-' || c == '/'; }

bool begins_with_no_case(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(),
                                                   [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
}

std::unexpected<Error> invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message), "ValidationException"); }

std::optional<std::int64_t> parse_version(std::string_view text) {
  std::int64_t version = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), version);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return version;
}

Result<void> check_size(std::string_view value, ParameterTier tier) {
  if (value.empty())
    return invalid(
        "1 validation error detected: Value '' at 'value' failed to satisfy constraint: Member must have length greater than or equal to "
        "1.");
  if (tier == ParameterTier::standard && value.size() > standard_bytes_max)
    return invalid(
        "Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the "
        "parameter to use the "
        "advanced-parameter tier. For more information, see "
        "https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html");
  if (value.size() > advanced_bytes_max) return invalid("Advanced tier parameters support a maximum parameter value of 8192 characters.");
  return {};
}

Result<void> check_pattern(std::string_view value, const std::string& pattern) {
  const RE2 expression(pattern, RE2::Quiet);
  if (!expression.ok())
    return fail(ErrorKind::invalid, "The regular expression is not valid: " + expression.error(), "InvalidAllowedPatternException");
  if (!RE2::FullMatch(re2::StringPiece(value.data(), value.size()), expression))
    return fail(ErrorKind::invalid, "Parameter value, cannot be validated against allowedPattern: " + pattern,
                "ParameterPatternMismatchException");
  return {};
}

}  // namespace

std::string_view to_text(ParameterType type) {
  switch (type) {
    case ParameterType::string:
      return "String";
    case ParameterType::string_list:
      return "StringList";
    case ParameterType::secure_string:
      return "SecureString";
  }
  return "String";
}

std::string_view to_text(ParameterTier tier) { return tier == ParameterTier::advanced ? "Advanced" : "Standard"; }

std::optional<ParameterType> parse_parameter_type(std::string_view text) {
  for (const auto type : {ParameterType::string, ParameterType::string_list, ParameterType::secure_string})
    if (to_text(type) == text) return type;
  return std::nullopt;
}

std::optional<ParameterTier> parse_parameter_tier(std::string_view text) {
  if (text == "Standard") return ParameterTier::standard;
  if (text == "Advanced") return ParameterTier::advanced;
  return std::nullopt;
}

std::string parameter_arn(const Scope& scope, std::string_view name) {
  return make_arn("ssm", scope, "parameter" + std::string(name.starts_with('/') ? "" : "/") + std::string(name));
}

Result<void> check_parameter_name(std::string_view name) {
  const std::string_view first = name.starts_with('/') ? name.substr(1) : name;
  if (begins_with_no_case(first, "aws"))
    return fail(ErrorKind::denied, "No access to reserved parameter name: " + std::string(name) + ".", "AccessDeniedException");
  if (begins_with_no_case(first, "ssm") || !std::all_of(name.begin(), name.end(), is_name_character) || name.ends_with('/') ||
      name.find("//") != name.npos)
    return invalid(
        "Parameter name: can't be prefixed with \"ssm\" (case-insensitive). If formed as a path, it can consist of sub-paths divided by "
        "slash symbol; each "
        "sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_");
  if (name.find('/') != name.npos && !name.starts_with('/')) return invalid("Parameter name must be a fully qualified name.");
  if (name.size() > name_length_max) return invalid("Parameter name must be at most 1011 characters long.");
  if (std::count(name.begin(), name.end(), '/') > levels_max)
    return fail(ErrorKind::limit_exceeded,
                "A hierarchy can have a maximum of 15 levels. For more information, see Requirements and constraints for parameter names "
                "in the Amazon Web Services "
                "Systems Manager User Guide.",
                "HierarchyLevelLimitExceededException");
  return {};
}

Result<void> check_parameter_value(std::string_view value, ParameterType type, ParameterTier tier, const std::string& allowed_pattern) {
  if (auto sized = check_size(value, tier); !sized) return sized;
  if (type == ParameterType::string_list && (value.starts_with(',') || value.ends_with(',')))
    return invalid("Parameter value must be a list of values separated by commas, none of them empty.");
  if (allowed_pattern.empty()) return {};
  return check_pattern(value, allowed_pattern);
}

Result<ParameterReference> parse_parameter_reference(std::string_view text) {
  ParameterReference reference;
  if (text.starts_with("arn:")) {
    const auto arn = parse_arn(text);
    if (!arn || arn->service != "ssm" || !arn->resource.starts_with("parameter/"))
      return invalid("Invalid parameter ARN: " + std::string(text));
    // a name without a path is written without its slash in an ARN and cannot be told from one with a path of one level: the store tries
    // both
    reference.name = arn->resource.substr(std::string_view("parameter").size());
  } else {
    reference.name = text;
  }
  const auto colon = reference.name.find(':');
  if (colon == std::string::npos) return reference;
  reference.selector = reference.name.substr(colon);
  reference.name.resize(colon);
  const std::string chosen = reference.selector.substr(1);
  if (chosen.empty() || chosen.find(':') != std::string::npos) return invalid("Invalid parameter selector: " + reference.selector);
  reference.version = parse_version(chosen);
  if (!reference.version) reference.label = chosen;
  return reference;
}

bool is_parameter_label(std::string_view label) {
  if (label.empty() || label.size() > 100 || std::isdigit(static_cast<unsigned char>(label.front()))) return false;
  if (begins_with_no_case(label, "aws") || begins_with_no_case(label, "ssm")) return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return is_name_character(c) && c != '/'; });
}

bool is_below(std::string_view name, std::string_view path, bool recursive) {
  if (path.ends_with('/')) path.remove_suffix(1);
  std::string_view rest = name;
  if (!path.empty()) {
    if (!name.starts_with(path) || name.size() <= path.size() + 1 || name[path.size()] != '/') return false;
    rest = name.substr(path.size() + 1);
  } else if (rest.starts_with('/')) {
    rest.remove_prefix(1);
  }
  return recursive || rest.find('/') == rest.npos;
}

}  // namespace tocsin::remediate
