#include "remediate/documents/document_text.h"

#include <yaml-cpp/yaml.h>

#include <boost/json.hpp>
#include <charconv>
#include <cmath>

namespace tocsin::remediate {
namespace {

constexpr int depth_max = 64;
constexpr int nodes_max = 20'000;

std::unexpected<Error> invalid(std::string message) { return fail(ErrorKind::invalid, std::move(message), "InvalidDocumentContent"); }

std::optional<std::int64_t> as_integer(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> as_real(std::string_view text) {
  if (text.find_first_not_of("0123456789+-.eE") != text.npos || text.find_first_of("0123456789") == text.npos) return std::nullopt;
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

Document plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null" || text == "Null" || text == "NULL") return nullptr;
  if (text == "true" || text == "True" || text == "TRUE") return true;
  if (text == "false" || text == "False" || text == "FALSE") return false;
  if (const auto integer = as_integer(text)) return *integer;
  if (const auto real = as_real(text)) return *real;
  return Document(text);
}

/// Walks the graph that yaml-cpp built (aliases are shared nodes) as a tree, within bounds.
class YamlReader {
 public:
  Result<Document> read(const YAML::Node& node, int depth = 0) {
    if (depth > depth_max) return invalid("The document is nested deeper than 64 levels (line " + line_of(node) + ").");
    if (++nodes_ > nodes_max) return invalid("The document has more than 20000 nodes once its aliases are expanded.");
    if (node.IsSequence()) return read_sequence(node, depth);
    if (node.IsMap()) return read_map(node, depth);
    if (node.IsScalar()) return node.Tag() == "!" || node.Tag().ends_with(":str") ? Document(node.Scalar()) : plain_scalar(node.Scalar());
    return Document(nullptr);
  }

 private:
  static std::string line_of(const YAML::Node& node) { return std::to_string(node.Mark().line + 1); }

  Result<Document> read_sequence(const YAML::Node& node, int depth) {
    Array array;
    for (const auto& element : node) {
      auto value = read(element, depth + 1);
      if (!value) return value;
      array.push_back(std::move(*value));
    }
    return array;
  }

  Result<Document> read_map(const YAML::Node& node, int depth) {
    Object object;
    for (const auto& entry : node) {
      if (!entry.first.IsScalar()) return invalid("A key that is no scalar (line " + line_of(entry.first) + ").");
      if (object.contains(entry.first.Scalar()))
        return invalid("The key '" + entry.first.Scalar() + "' occurs twice (line " + line_of(entry.first) + ").");
      auto value = read(entry.second, depth + 1);
      if (!value) return value;
      object[entry.first.Scalar()] = std::move(*value);
    }
    return object;
  }

  int nodes_ = 0;
};

Result<Document> parse_yaml(std::string_view text) {
  try {
    return YamlReader().read(YAML::Load(std::string(text)));
  } catch (const YAML::Exception& error) {
    return invalid("YAML not well-formed. at Line: " + std::to_string(error.mark.line + 1) +
                   ", Column: " + std::to_string(error.mark.column + 1) + ": " + error.msg);
  }
}

void emit_text(YAML::Emitter& out, const std::string& text) {
  const bool controls = text.find_first_of(std::string("\r\t\0", 3)) != text.npos || text.starts_with(' ') || text.starts_with('\n');
  if (text.find('\n') != text.npos && !controls && text.ends_with('\n')) {
    out << YAML::Literal << text;
  } else if (!plain_scalar(text).is_string() || controls || text.find('\n') != text.npos) {
    out << YAML::DoubleQuoted << text;
  } else {
    out << text;
  }
}

void emit(YAML::Emitter& out, const Document& value) {
  if (value.is_object()) {
    out << YAML::BeginMap;
    for (const auto& [key, member] : value.get_object()) {
      out << YAML::Key;
      emit_text(out, std::string(key));
      out << YAML::Value;
      emit(out, member);
    }
    out << YAML::EndMap;
  } else if (value.is_array()) {
    out << YAML::BeginSeq;
    for (const Document& element : value.get_array()) emit(out, element);
    out << YAML::EndSeq;
  } else if (value.is_string()) {
    emit_text(out, std::string(value.get_string()));
  } else if (value.is_null()) {
    out << YAML::Null;
  } else {
    out << to_json(value);
  }
}

}  // namespace

std::string_view to_text(DocumentFormat format) {
  switch (format) {
    case DocumentFormat::json:
      return "JSON";
    case DocumentFormat::yaml:
      return "YAML";
    case DocumentFormat::text:
      return "TEXT";
  }
  return "JSON";
}

std::optional<DocumentFormat> parse_document_format(std::string_view text) {
  for (const auto format : {DocumentFormat::json, DocumentFormat::yaml, DocumentFormat::text})
    if (to_text(format) == text) return format;
  return std::nullopt;
}

Result<Document> parse_document_text(std::string_view text, DocumentFormat format) {
  if (format == DocumentFormat::text) return Document(text);
  if (format == DocumentFormat::yaml) return parse_yaml(text);
  auto parsed = parse_json(text, depth_max);
  if (!parsed) return invalid("JSON not well-formed: " + parsed.error().message + ".");
  return parsed;
}

std::string print_document_text(const Document& content, DocumentFormat format) {
  if (format == DocumentFormat::text && content.is_string()) return std::string(content.get_string());
  if (format != DocumentFormat::yaml) return to_pretty_json(content);
  YAML::Emitter out;
  out.SetIndent(2);
  emit(out, content);
  return std::string(out.c_str(), out.size()) + "\n";
}

}  // namespace tocsin::remediate
