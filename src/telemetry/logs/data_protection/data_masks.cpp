#include "telemetry/logs/data_protection/data_masks.h"

#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>

#include "telemetry/logs/data_protection/data_identifiers.h"

namespace tocsin::telemetry {
namespace {

constexpr std::size_t document_bytes_max = 30'720, custom_max = 10, custom_regex_max = 200;
constexpr std::string_view managed_prefix = ":data-identifier/";

std::unexpected<Error> invalid(std::string words) {
  return fail(ErrorKind::invalid, "Invalid data protection policy: " + std::move(words));
}

struct Policy {
  std::vector<std::string> identifiers;
  std::map<std::string, std::string> custom;  ///< regular expressions by name
};

std::vector<std::string> texts(const Array& array) {
  std::vector<std::string> found;
  for (const Document& each : array)
    if (each.is_string()) found.emplace_back(each.get_string());
  return found;
}

Result<Policy> read(const std::string& text) {
  const auto document = parse_json(text);
  if (!document || !document->is_object()) return invalid("it is no JSON object.");
  if (text.size() > document_bytes_max) return invalid("it is longer than 30720 characters.");
  if (!text_at(*document, "Name") || text_or(*document, "Version") != "2021-06-01")
    return invalid("Name and Version 2021-06-01 are required.");
  const Array& statements = array_at(*document, "Statement");
  const Document *audit = nullptr, *mask = nullptr;
  for (const Document& each : statements) {
    const Document* operation = find(each, "Operation");
    if (operation && find(*operation, "Audit")) audit = &each;
    if (operation && find(*operation, "Deidentify")) mask = &each;
  }
  if (statements.size() != 2 || !audit || !mask) return invalid("it must have one statement with Audit and one with Deidentify.");
  const Document* config = find(find(find(*mask, "Operation"), "Deidentify"), "MaskConfig");
  if (!config || !config->is_object() || !config->get_object().empty()) return invalid("Deidentify must have an empty MaskConfig.");
  Policy policy;
  policy.identifiers = texts(array_at(*mask, "DataIdentifier"));
  if (policy.identifiers.empty() || policy.identifiers != texts(array_at(*audit, "DataIdentifier")))
    return invalid("the DataIdentifier arrays of both statements must be the same and not empty.");
  static const Array none;
  const Document* configuration = find(*document, "Configuration");
  const Array& custom = configuration ? array_at(*configuration, "CustomDataIdentifier") : none;
  if (custom.size() > custom_max) return invalid("at most 10 custom data identifiers are allowed.");
  for (const Document& each : custom) {
    const std::string regex = text_or(each, "Regex");
    if (regex.empty() || regex.size() > custom_regex_max)
      return invalid("the regular expression of a custom data identifier must have 1 to 200 characters.");
    policy.custom[text_or(each, "Name")] = regex;
  }
  return policy;
}

}  // namespace

struct DataMasks::Mask {
  std::unique_ptr<re2::RE2> regex;
  bool (*holds)(std::string_view) = nullptr;
  std::int64_t since_ms = 0;

  void apply(std::string& text) const {
    std::vector<re2::StringPiece> parts(static_cast<std::size_t>(regex->NumberOfCapturingGroups()) + 1);
    std::size_t at = 0;
    while (at <= text.size() && regex->Match(text, at, text.size(), re2::RE2::UNANCHORED, parts.data(), static_cast<int>(parts.size()))) {
      const re2::StringPiece& whole = parts[0];
      const re2::StringPiece& shown = parts.size() > 1 && parts[1].data() ? parts[1] : whole;
      const auto begin = static_cast<std::size_t>(shown.data() - text.data());
      const auto end = static_cast<std::size_t>(whole.data() - text.data()) + std::max<std::size_t>(whole.size(), 1);
      if (!holds || holds({shown.data(), shown.size()})) std::fill_n(text.begin() + static_cast<std::ptrdiff_t>(begin), shown.size(), '*');
      at = end;
    }
  }
};

Result<std::vector<std::string>> DataMasks::identifiers(const std::string& document) {
  auto policy = read(document);
  if (!policy) return std::unexpected(policy.error());
  return std::move(policy->identifiers);
}

Result<void> DataMasks::add_policy(const std::string& document, const Since& since) {
  const auto policy = read(document);
  if (!policy) return std::unexpected(policy.error());
  for (const std::string& identifier : policy->identifiers) {
    Mask mask;
    std::string regex;
    if (const std::size_t at = identifier.find(managed_prefix); at != std::string::npos) {
      const std::string name = identifier.substr(at + managed_prefix.size());
      const DataIdentifier* managed = managed_identifier(name);
      if (!managed) return fail(ErrorKind::unsupported, "The managed data identifier " + name + " is not offered by this server.");
      regex = managed->regex;
      mask.holds = managed->holds;
    } else {
      const auto custom = policy->custom.find(identifier);
      if (custom == policy->custom.end()) return invalid("the data identifier " + identifier + " is not known.");
      regex = custom->second;
    }
    re2::RE2::Options options;
    options.set_log_errors(false);
    mask.regex = std::make_unique<re2::RE2>(regex, options);
    if (!mask.regex->ok()) return invalid("the regular expression of " + identifier + " is not valid: " + mask.regex->error());
    const auto began = since.find(identifier);
    mask.since_ms = began == since.end() ? 0 : began->second;
    masks_.push_back(std::make_shared<const Mask>(std::move(mask)));
  }
  return {};
}

std::string DataMasks::masked(std::string_view message, std::int64_t ingested_ms) const {
  std::string text(message);
  for (const auto& mask : masks_)
    if (ingested_ms >= mask->since_ms) mask->apply(text);
  return text;
}

Result<Object> data_protection_setting(const std::string& document, const std::optional<Document>& before, std::int64_t now_ms) {
  DataMasks masks;
  if (auto sound = masks.add_policy(document, {}); !sound) return std::unexpected(sound.error());
  Object since;
  const auto identifiers = DataMasks::identifiers(document);
  for (const std::string& identifier : *identifiers)
    since[identifier] = before ? integer_or(*find(*before, "since"), identifier, now_ms) : now_ms;
  return Object{{"policyDocument", document}, {"since", std::move(since)}, {"lastUpdatedTime", now_ms}};
}

DataMasks masks_of(LogSettings& settings, const LogGroup& group) {
  DataMasks masks;
  const auto add = [&](const Document& setting) {
    DataMasks::Since since;
    for (const auto& [identifier, ms] : object_at(setting, "since")) since[identifier] = ms.to_number<std::int64_t>();
    (void)masks.add_policy(text_or(setting, "policyDocument"), since);
  };
  if (const auto own = settings.get(log_setting::data_protection, group.scope, group.name, "")) add(*own);
  for (const LogSetting& each : settings.list(log_setting::account_policy, group.scope, {.owner = "DATA_PROTECTION_POLICY"}))
    add(each.body);
  return masks;
}

}  // namespace tocsin::telemetry
