#include "events/rules/target_input.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>
#include <functional>
#include <vector>

#include "base/plain_json.h"
#include "base/text_time.h"

namespace tocsin::events {
namespace {

struct Step {
  enum class Kind { member, element, all };
  Kind kind;
  std::string name{};
  std::size_t index = 0;
};

bool read_bracket(std::string_view inside, std::vector<Step>& steps) {
  if (inside == "*") return steps.push_back({Step::Kind::all}), true;
  if (inside.size() > 2 && (inside.front() == '\'' || inside.front() == '"') && inside.back() == inside.front())
    return steps.push_back({Step::Kind::member, std::string(inside.substr(1, inside.size() - 2))}), true;
  std::size_t index = 0;
  const auto parsed = std::from_chars(inside.data(), inside.data() + inside.size(), index);
  if (parsed.ec != std::errc() || parsed.ptr != inside.data() + inside.size()) return false;
  return steps.push_back({Step::Kind::element, {}, index}), true;
}

std::optional<std::vector<Step>> parse_path(std::string_view path) {
  if (!path.starts_with('$')) return std::nullopt;
  path.remove_prefix(1);
  std::vector<Step> steps;
  while (!path.empty()) {
    if (path.front() == '[') {
      const std::size_t end = path.find(']');
      if (end == std::string_view::npos || !read_bracket(path.substr(1, end - 1), steps)) return std::nullopt;
      path.remove_prefix(end + 1);
      continue;
    }
    if (path.front() != '.') return std::nullopt;
    const std::size_t end = std::min(path.find_first_of(".[", 1), path.size());
    if (end == 1) return std::nullopt;
    const std::string_view name = path.substr(1, end - 1);
    if (name == "*")
      steps.push_back({Step::Kind::all});
    else
      steps.push_back({Step::Kind::member, std::string(name)});
    path.remove_prefix(end);
  }
  return steps;
}

void follow(const Document& value, const std::vector<Step>& steps, std::size_t at, std::vector<const Document*>& found) {
  if (at == steps.size()) return found.push_back(&value);
  const Step& step = steps[at];
  if (step.kind == Step::Kind::member) {
    if (const Document* member = find(value, step.name)) follow(*member, steps, at + 1, found);
  } else if (step.kind == Step::Kind::element) {
    if (value.is_array() && step.index < value.get_array().size()) follow(value.get_array()[step.index], steps, at + 1, found);
  } else if (value.is_array()) {
    for (const Document& element : value.get_array()) follow(element, steps, at + 1, found);
  } else if (value.is_object()) {
    for (const auto& [name, member] : value.get_object()) follow(member, steps, at + 1, found);
  }
}

bool is_placeholder_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.' || c == '-';
}

/// The name after a '<' at `at`, when a '>' closes it.
std::optional<std::string_view> placeholder_at(std::string_view text, std::size_t at) {
  std::size_t end = at + 1;
  while (end < text.size() && is_placeholder_letter(text[end])) ++end;
  if (end == at + 1 || end >= text.size() || text[end] != '>') return std::nullopt;
  return text.substr(at + 1, end - at - 1);
}

/// Copies the template, asking `replace` for each placeholder and telling it whether it stands inside a quoted text.
std::string fill(std::string_view text, const std::function<std::string(std::string_view name, bool quoted)>& replace) {
  std::string out;
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && quoted && at + 1 < text.size()) {
      out += c;
      out += text[++at];
      continue;
    }
    if (c == '"') quoted = !quoted;
    const auto name = c == '<' ? placeholder_at(text, at) : std::nullopt;
    if (!name) {
      out += c;
      continue;
    }
    out += replace(*name, quoted);
    at += name->size() + 1;
  }
  return out;
}

constexpr std::string_view own_placeholders[] = {"aws.events.event", "aws.events.event.json", "aws.events.rule-arn", "aws.events.rule-name",
                                                 "aws.events.event.ingestion-time"};

std::optional<Document> own_value(std::string_view name, const Document& event, const InputContext& context) {
  if (name == "aws.events.rule-arn") return Document(context.rule_arn);
  if (name == "aws.events.rule-name") return Document(context.rule_name);
  if (name == "aws.events.event.ingestion-time") return Document(to_rfc3339(context.ingested_at));
  if (name == "aws.events.event.json") return event;
  if (name != "aws.events.event") return std::nullopt;
  Object without_detail = event.as_object();
  without_detail.erase("detail");
  return Document(std::move(without_detail));
}

/// Inside quotes a text stands as it is, escaped; an object or a list loses its own quotes.
std::string inside_quotes(const Document& value) {
  std::string text = to_plain_json(value);
  if (value.is_string()) return text.substr(1, text.size() - 2);
  std::erase(text, '"');
  return text;
}

bool is_json_template(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  return first != std::string_view::npos && (text[first] == '{' || text[first] == '[');
}

Result<std::string> transform(const Document& transformer, const Document& event, const InputContext& context) {
  const std::string text = text_or(transformer, "InputTemplate");
  const Object& paths = object_at(transformer, "InputPathsMap");
  const std::string filled = fill(text, [&](std::string_view name, bool quoted) {
    std::optional<Document> value;
    if (const Document* path = find(paths, name))
      value = value_at_path(event, std::string_view(path->as_string().data(), path->as_string().size()));
    else
      value = own_value(name, event, context);
    if (!value) return std::string();
    return quoted ? inside_quotes(*value) : to_plain_json(*value);
  });
  if (is_json_template(text) && !parse_json(filled))
    return fail(ErrorKind::invalid, "The input template did not give JSON.", "INVALID_JSON");
  return filled;
}

Result<void> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words), "ValidationException"); }

/// Names stand after dots, never quoted in brackets: the service does not take those.
bool is_path(std::string_view path) { return path.find_first_of("'\"") == std::string_view::npos && parse_path(path).has_value(); }

Result<void> check_transformer(const Document& transformer, const std::string& id) {
  const Object& paths = object_at(transformer, "InputPathsMap");
  if (paths.size() > 100) return bad(fmt::format("InputPathsMap for target {} has more than 100 entries.", id));
  for (const auto& [name, path] : paths) {
    if (std::string_view(name).starts_with("AWS"))
      return bad(fmt::format("InputPathsMap for target {} contains invalid key {}.", id, std::string(name)));
    if (!is_path(std::string_view(path.as_string().data(), path.as_string().size())))
      return bad(fmt::format("InputPath for target {} is invalid.", id));
  }
  std::string unknown;
  const std::string text = text_or(transformer, "InputTemplate");
  const std::string filled = fill(text, [&](std::string_view name, bool quoted) {
    if (!find(paths, name) && std::ranges::find(own_placeholders, name) == std::end(own_placeholders) && unknown.empty()) unknown = name;
    return std::string(quoted ? "" : "0");
  });
  if (!unknown.empty()) return bad(fmt::format("InputTemplate for target {} contains invalid placeholder {}.", id, unknown));
  // the whole event stands as a value: alone, or in an object
  constexpr std::string_view whole_event = "<aws.events.event.json>";
  if (text.find(whole_event) != std::string::npos && text != whole_event && text.find_first_not_of(" \t\r\n") != text.find('{'))
    return bad(fmt::format("InputTemplate for target {} contains placeholder aws.events.event.json valid only for JSON template.", id));
  if (is_json_template(text) && !parse_json(filled))
    return bad(fmt::format("Invalid InputTemplate for target {} : it is not valid JSON.", id));
  return {};
}

}  // namespace

std::optional<Document> value_at_path(const Document& event, std::string_view path) {
  const auto steps = parse_path(path);
  if (!steps) return std::nullopt;
  std::vector<const Document*> found;
  follow(event, *steps, 0, found);
  if (std::ranges::none_of(*steps, [](const Step& step) { return step.kind == Step::Kind::all; }))
    return found.empty() ? std::nullopt : std::optional(*found.front());
  Array all;
  for (const Document* value : found) all.push_back(*value);
  return Document(std::move(all));
}

Result<void> check_target_input(const Document& target) {
  const std::string id = text_or(target, "Id");
  int given = 0;
  for (const char* member : {"Input", "InputPath", "InputTransformer"}) given += find(target, member) ? 1 : 0;
  if (given > 1) return bad(fmt::format("Only one of Input, InputPath, or InputTransformer must be provided for target {}.", id));
  if (const auto input = text_at(target, "Input"); input && !parse_json(*input))
    return bad(fmt::format("JSON syntax error in input for target {}.", id));
  if (const auto path = text_at(target, "InputPath"); path && !is_path(*path))
    return bad(fmt::format("InputPath for target {} is invalid.", id));
  if (const Document* transformer = find(target, "InputTransformer")) return check_transformer(*transformer, id);
  return {};
}

Result<std::string> target_input(const Document& target, const Document& event, const InputContext& context) {
  if (const auto input = text_at(target, "Input")) return *input;
  if (const auto path = text_at(target, "InputPath")) return to_plain_json(value_at_path(event, *path).value_or(Document(Object{})));
  if (const Document* transformer = find(target, "InputTransformer")) return transform(*transformer, event, context);
  return to_plain_json(event);
}

}  // namespace tocsin::events
