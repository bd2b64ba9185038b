#include <boost/json.hpp>

#include "telemetry/logs/transformers/grok.h"
#include "telemetry/logs/transformers/processors.h"

namespace tocsin::telemetry::transformers {

Result<Source> Source::of(const Document& definition) {
  Source source;
  const auto text = text_at(definition, "source");
  if (!text || *text == "@message") return source;
  auto path = FieldPath::parse(*text);
  if (!path) return std::unexpected(path.error());
  source.path_ = std::move(*path);
  return source;
}

std::optional<std::string> Source::text(Object& event, std::string_view message) const {
  if (!path_) return std::string(message);
  const Document* value = path_->find(event);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string(value->get_string());
}

Result<Destination> Destination::of(const Document& definition) {
  Destination destination;
  const auto text = text_at(definition, "destination");
  if (!text) return destination;
  auto path = FieldPath::parse(*text);
  if (!path) return std::unexpected(path.error());
  destination.path_ = std::move(*path);
  return destination;
}

void Destination::put(Object& event, Object found, bool overwrite) const {
  Object* target = &event;
  if (path_) {
    path_->set(event, Object{}, false);
    Document* there = path_->find(event);
    target = there ? there->if_object() : nullptr;
    if (!target) return;
  }
  for (auto& [key, value] : found)
    if (overwrite || !target->contains(key)) (*target)[key] = std::move(value);
}

namespace {

/// One parser of a source's text into fields.
using Parse = std::function<std::optional<Object>(const std::string& text)>;
Compiled parser(const Document& definition, Parse parse, bool overwrite) {
  auto source = Source::of(definition);
  if (!source) return std::unexpected(source.error());
  auto destination = Destination::of(definition);
  if (!destination) return std::unexpected(destination.error());
  return Process([source = std::move(*source), destination = std::move(*destination), parse = std::move(parse), overwrite](
                     Object& event, std::string_view message, const TransformedFrom&) {
    const auto text = source.text(event, message);
    auto found = text ? parse(*text) : std::nullopt;
    if (!found) return false;
    destination.put(event, std::move(*found), overwrite);
    return true;
  });
}

std::vector<std::string> split(std::string_view text, std::string_view delimiter) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find(delimiter, at), text.size());
    parts.emplace_back(text.substr(at, end - at));
    at = end + delimiter.size();
  }
  return parts;
}

/// Fields between delimiters; one in quotes may hold them, and a doubled quote.
std::vector<std::string> split_csv(std::string_view text, char delimiter, char quote) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == quote && i + 1 < text.size() && text[i + 1] == quote) {
      fields.back() += quote;
      ++i;
    } else if (c == quote && (quoted || fields.back().empty())) {
      quoted = !quoted;
    } else if (c == delimiter && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

}  // namespace

Compiled parse_json_text(const Document& definition) {
  return parser(
      definition,
      [](const std::string& text) -> std::optional<Object> {
        auto parsed = parse_json(text);
        if (!parsed || !parsed->is_object()) return std::nullopt;
        return std::move(parsed->get_object());
      },
      true);
}

Compiled parse_key_values(const Document& definition) {
  const std::string between_fields = text_or(definition, "fieldDelimiter", "&"),
                    between_parts = text_or(definition, "keyValueDelimiter", "="), prefix = text_or(definition, "keyPrefix");
  const auto otherwise = text_at(definition, "nonMatchValue");
  return parser(
      definition,
      [=](const std::string& text) -> std::optional<Object> {
        Object found;
        for (const std::string& field : split(text, between_fields)) {
          const std::size_t border = field.find(between_parts);
          if (border != std::string::npos)
            found[prefix + field.substr(0, border)] = field.substr(border + between_parts.size());
          else if (!field.empty())
            found[prefix + field] = otherwise ? Document(*otherwise) : Document(nullptr);
        }
        return found;
      },
      truth_or(definition, "overwriteIfExists", false));
}

Compiled parse_csv(const Document& definition) {
  std::string delimiter = text_or(definition, "delimiter", ",");
  if (delimiter == "\\t") delimiter = "\t";
  if (delimiter == "\\s") delimiter = " ";
  if (delimiter.size() != 1) return fail(ErrorKind::invalid, "The delimiter of csv must be one character, \\t or \\s.");
  const char quote = text_or(definition, "quoteCharacter", "\"")[0];
  std::vector<FieldPath> columns;
  for (const Document& column : array_at(definition, "columns")) {
    auto path = FieldPath::parse(std::string_view(column.get_string()));
    if (!path) return std::unexpected(path.error());
    columns.push_back(std::move(*path));
  }
  return parser(
      definition,
      [=](const std::string& text) -> std::optional<Object> {
        Object found;
        std::size_t number = 0;
        for (std::string& field : split_csv(text, delimiter[0], quote)) {
          if (number < columns.size())
            columns[number].set(found, Document(std::string_view(field)), true);
          else
            found["column_" + std::to_string(number + 1)] = std::move(field);
          ++number;
        }
        return found;
      },
      true);
}

Compiled parse_grok(const Document& definition) {
  auto grok = Grok::compile(text_or(definition, "match"));
  if (!grok) return std::unexpected(grok.error());
  auto source = Source::of(definition);
  if (!source) return std::unexpected(source.error());
  return Process([grok = std::move(*grok), source = std::move(*source)](Object& event, std::string_view message, const TransformedFrom&) {
    const auto text = source.text(event, message);
    return text && grok.match(*text, event);
  });
}

}  // namespace tocsin::telemetry::transformers
