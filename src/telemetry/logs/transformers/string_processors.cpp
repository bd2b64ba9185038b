// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-StringMutate.html and …-Datatype.html
#include <re2/re2.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>

#include "telemetry/logs/filters/filter_pattern.h"
#include "telemetry/logs/filters/json_selector.h"
#include "telemetry/logs/transformers/date_pattern.h"
#include "telemetry/logs/transformers/processors.h"

namespace tocsin::telemetry::transformers {
namespace {

using Change = void (*)(std::string& text);
Compiled each_key(const Document& definition, Change change) {
  std::vector<FieldPath> paths;
  for (const Document& key : array_at(definition, "withKeys")) {
    auto path = FieldPath::parse(std::string_view(key.get_string()));
    if (!path) return std::unexpected(path.error());
    paths.push_back(std::move(*path));
  }
  return Process([paths, change](Object& event, std::string_view, const TransformedFrom&) {
    for (const FieldPath& path : paths)
      if (Document* value = path.find(event); value && value->is_string()) {
        std::string text(value->get_string());
        change(text);
        *value = text;
      }
    return true;
  });
}

using ChangeValue = std::function<void(Document& value)>;
using ReadEntry = std::function<Result<ChangeValue>(const Document& entry)>;
Compiled each_entry(const Document& definition, std::string_view key, const ReadEntry& read) {
  std::vector<std::pair<FieldPath, ChangeValue>> changes;
  for (const Document& entry : array_at(definition, "entries")) {
    auto path = FieldPath::parse(text_or(entry, key));
    if (!path) return std::unexpected(path.error());
    auto change = read(entry);
    if (!change) return std::unexpected(change.error());
    changes.emplace_back(std::move(*path), std::move(*change));
  }
  return Process([changes](Object& event, std::string_view, const TransformedFrom&) {
    for (const auto& [path, change] : changes)
      if (Document* value = path.find(event)) change(*value);
    return true;
  });
}

std::optional<Document> converted(const std::string& text, const std::string& type) {
  if (type == "string") return Document(text);
  if (type == "boolean") {
    if (text == "true" || text == "false") return Document(text == "true");
    return std::nullopt;
  }
  const auto number = number_in(text);
  if (!number) return std::nullopt;
  if (type == "integer" && std::fabs(*number) < 9.2e18) return Document(static_cast<std::int64_t>(*number));
  return Document(*number);
}

/// Java's "$1" and "\$" as RE2 has them.
std::string replacement(std::string_view java) {
  std::string out;
  for (std::size_t i = 0; i < java.size(); ++i) {
    const bool last = i + 1 == java.size();
    if (java[i] == '$' && !last && std::isdigit(static_cast<unsigned char>(java[i + 1])))
      out += '\\';
    else if (java[i] == '\\' && !last && java[i + 1] == '$')
      out += java[++i];
    else if (java[i] == '\\')
      out += "\\\\";
    else
      out += java[i];
  }
  return out;
}

}  // namespace

Compiled lower_case(const Document& definition) {
  return each_key(definition, [](std::string& text) {
    for (char& c : text) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
}

Compiled upper_case(const Document& definition) {
  return each_key(definition, [](std::string& text) {
    for (char& c : text) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  });
}

Compiled trim(const Document& definition) {
  return each_key(definition, [](std::string& text) {
    constexpr std::string_view blanks = " \t\r\n\f\v";
    const std::size_t first = text.find_first_not_of(blanks);
    text = first == std::string::npos ? "" : text.substr(first, text.find_last_not_of(blanks) - first + 1);
  });
}

Compiled split_strings(const Document& definition) {
  return each_entry(definition, "source", [](const Document& entry) -> Result<ChangeValue> {
    std::string delimiter = text_or(entry, "delimiter");
    if (delimiter.empty()) return fail(ErrorKind::invalid, "The delimiter of splitString must not be empty.");
    return ChangeValue([delimiter](Document& value) {
      if (!value.is_string()) return;
      const std::string text(value.get_string());
      Array parts;
      for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(delimiter, at), text.size());
        parts.emplace_back(text.substr(at, end - at));
        at = end + delimiter.size();
      }
      value = std::move(parts);
    });
  });
}

Compiled substitute(const Document& definition) {
  return each_entry(definition, "source", [](const Document& entry) -> Result<ChangeValue> {
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto from = std::make_shared<const re2::RE2>(text_or(entry, "from"), options);
    if (!from->ok()) return fail(ErrorKind::invalid, "Invalid regular expression in substituteString: " + from->error());
    const std::string to = replacement(text_or(entry, "to"));
    std::string why;
    if (!from->CheckRewriteString(to, &why)) return fail(ErrorKind::invalid, "Invalid replacement in substituteString: " + why);
    return ChangeValue([from, to](Document& value) {
      if (!value.is_string()) return;
      std::string text(value.get_string());
      re2::RE2::GlobalReplace(&text, *from, to);
      value = text;
    });
  });
}

Compiled convert_types(const Document& definition) {
  return each_entry(definition, "key", [](const Document& entry) -> Result<ChangeValue> {
    return ChangeValue([type = text_or(entry, "type")](Document& value) {
      const auto text = filters::scalar_text(value);
      if (!text) return;
      if (auto changed = converted(*text, type)) value = std::move(*changed);
    });
  });
}

Compiled convert_date_times(const Document& definition) {
  auto source = FieldPath::parse(text_or(definition, "source"));
  if (!source) return std::unexpected(source.error());
  auto target = FieldPath::parse(text_or(definition, "target"));
  if (!target) return std::unexpected(target.error());
  std::vector<std::string> patterns;
  for (const Document& each : array_at(definition, "matchPatterns")) patterns.emplace_back(each.get_string());
  auto converter = DateConverter::make({.match_patterns = patterns,
                                        .target_format = text_or(definition, "targetFormat", "yyyy-MM-dd'T'HH:mm:ss.SSS'Z"),
                                        .source_zone = text_or(definition, "sourceTimezone", "UTC"),
                                        .target_zone = text_or(definition, "targetTimezone", "UTC"),
                                        .locale = text_or(definition, "locale", "en")});
  if (!converter) return std::unexpected(converter.error());
  return Process(
      [source = *source, target = *target, converter = std::move(*converter)](Object& event, std::string_view, const TransformedFrom&) {
        const Document* value = source.find(event);
        const auto text = value ? filters::scalar_text(*value) : std::nullopt;
        if (!text) return true;
        if (auto written = converter.convert(*text)) target.set(event, Document(*written), true);
        return true;
      });
}

}  // namespace tocsin::telemetry::transformers
