// Functions of SQL and PPL that Logs Insights has not: numbers, texts, JSON. In a plan's text their names begin with "sql.".
// https://docs.aws.amazon.com/opensearch-service/latest/developerguide/supported-ppl.html
#include <zlib.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <cmath>
#include <numbers>

#include "base/digest.h"
#include "base/encoding.h"
#include "diagnose/log_query/discovery.h"
#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/numeric_results.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;
constexpr std::size_t many = 50;

double degrees(double x) { return x * 180 / std::numbers::pi; }
double radians(double x) { return x * std::numbers::pi / 180; }
double cotangent(double x) { return 1 / std::tan(x); }
double sign(double x) { return x > 0 ? 1 : x < 0 ? -1 : 0; }
double arc_cosine(double x) { return std::acos(x); }
double arc_sine(double x) { return std::asin(x); }
double arc_tangent(double x) { return std::atan(x); }
double cosine(double x) { return std::cos(x); }
double sine(double x) { return std::sin(x); }
double tangent(double x) { return std::tan(x); }
double exponential(double x) { return std::exp(x); }
double logarithm_2(double x) { return std::log2(x); }
double logarithm_10(double x) { return std::log10(x); }
double cube_root(double x) { return std::cbrt(x); }

Value arc_tangent_2(Arguments a) {
  const auto y = a.number(0), x = a.number(1);
  return y && x ? finite(std::atan2(*y, *x)) : Value();
}
Value pi(Arguments) { return std::numbers::pi; }
Value euler(Arguments) { return std::numbers::e; }

Value crc(Arguments a) {
  const std::string text = a.text(0);
  return static_cast<double>(crc32(0, reinterpret_cast<const Bytef*>(text.data()), static_cast<uInt>(text.size())));
}

/// A whole number from one base to another.
Value converted(Arguments a) {
  const auto from = a.number(1), to = a.number(2);
  if (!from || !to || *from < 2 || *from > 36 || *to < 2 || *to > 36) return {};
  const std::string text = a.text(0);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number, static_cast<int>(*from));
  if (error != std::errc() || end == text.data()) return {};
  std::array<char, 72> digits{};
  std::string out(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), number, static_cast<int>(*to)).ptr);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c -= 32;
  return out;
}

/// The code points of a text, each with its bytes.
std::vector<std::string> letters(const std::string& text) {
  std::vector<std::string> all;
  for (const char c : text) {
    if ((c & 0xC0) != 0x80 || all.empty()) all.emplace_back();
    all.back() += c;
  }
  return all;
}

std::string joined(const std::vector<std::string>& parts, std::size_t from = 0) {
  std::string text;
  for (std::size_t i = from; i < parts.size(); ++i) text += parts[i];
  return text;
}

Value reversed(Arguments a) {
  auto all = letters(a.text(0));
  std::reverse(all.begin(), all.end());
  return joined(all);
}

Value right(Arguments a) {
  const auto all = letters(a.text(0));
  const double count = std::clamp(a.number(1).value_or(0), 0.0, static_cast<double>(all.size()));
  return joined(all, all.size() - static_cast<std::size_t>(count));
}

/// From 1; 0 when it is not there.
Value position(Arguments a) {
  const std::string part = a.text(0), text = a.text(1);
  const std::size_t at = text.find(part);
  return at == std::string::npos ? 0.0 : static_cast<double>(letters(text.substr(0, at)).size() + 1);
}

template <bool left>
Value padded(Arguments a) {
  auto all = letters(a.text(0));
  const auto with = letters(a.size() > 2 ? a.text(2) : " ");
  const double wanted = std::clamp(a.number(1).value_or(0), 0.0, 10'000.0);
  if (all.size() > wanted) all.resize(static_cast<std::size_t>(wanted));
  std::string padding;
  for (std::size_t i = 0; !with.empty() && all.size() + i < wanted; ++i) padding += with[i % with.size()];
  return left ? padding + joined(all) : joined(all) + padding;
}

Value repeated(Arguments a) {
  const std::string text = a.text(0);
  const double count = std::clamp(a.number(1).value_or(0), 0.0, 10'000.0);
  std::string out;
  for (int i = 0; i < count && out.size() + text.size() <= text_bytes_max; ++i) out += text;
  return out;
}

Value joined_with(Arguments a) {
  const std::string between = a.text(0);
  std::string text;
  bool first = true;
  for (std::size_t i = 1; i < a.size() && text.size() < text_bytes_max; ++i) {
    if (is_null(a.values[i])) continue;
    text += (first ? "" : between) + a.text(i);
    first = false;
  }
  return text;
}

Value null_if(Arguments a) { return equal_values(a.values[0], a.values[1]) ? Value() : std::move(a.values[0]); }

std::optional<Document> document_in(const Value& value) {
  if (const auto* structure = std::get_if<Structure>(&value)) return **structure;
  const auto* text = std::get_if<std::string>(&value);
  if (!text) return std::nullopt;
  auto document = parse_json(*text);
  if (!document) return std::nullopt;
  return std::move(*document);
}

/// `$.a.b[1]` as a path.
std::string path_of(std::string text) {
  if (text.starts_with("$")) text.erase(0, text.starts_with("$.") ? 2 : 1);
  std::string path;
  for (const char c : text) {
    if (c == ']' || c == '\'' || c == '"') continue;
    if (c == '[' && path.empty()) continue;
    path += c == '[' ? '.' : c;
  }
  return path;
}

Value json_extract(Arguments a) {
  const auto document = document_in(a.values[0]);
  if (!document) return {};
  const std::string path = path_of(a.text(1));
  return path.empty() ? value_of(*document) : at_path(*document, path);
}
Value json_valid(Arguments a) { return truth_value(document_in(a.values[0]).has_value()); }
Value json_keys(Arguments a) {
  const auto document = document_in(a.values[0]);
  if (!document || !document->is_object()) return {};
  Array keys;
  for (const auto& member : document->get_object()) keys.emplace_back(member.key());
  return std::make_shared<const Document>(std::move(keys));
}
Value json_array(Arguments a) {
  Array list;
  for (const Value& each : a.values) list.push_back(document_of(each));
  return std::make_shared<const Document>(std::move(list));
}
Value json_object(Arguments a) {
  Object map;
  for (std::size_t i = 0; i + 1 < a.size(); i += 2) map[a.text(i)] = document_of(a.values[i + 1]);
  return std::make_shared<const Document>(std::move(map));
}
Value size_of(Arguments a) {
  const auto document = document_in(a.values[0]);
  if (!document || (!document->is_array() && !document->is_object())) return {};
  return static_cast<double>(document->is_array() ? document->get_array().size() : document->get_object().size());
}

Value sha1_of(Arguments a) { return to_hex(sha1(a.text(0))); }

constexpr std::array forms = {
    FunctionForm{"sql.acos", 1, 1, numeric<arc_cosine>},
    FunctionForm{"sql.asin", 1, 1, numeric<arc_sine>},
    FunctionForm{"sql.atan", 1, 1, numeric<arc_tangent>},
    FunctionForm{"sql.atan2", 2, 2, arc_tangent_2},
    FunctionForm{"sql.cos", 1, 1, numeric<cosine>},
    FunctionForm{"sql.sin", 1, 1, numeric<sine>},
    FunctionForm{"sql.tan", 1, 1, numeric<tangent>},
    FunctionForm{"sql.cot", 1, 1, numeric<cotangent>},
    FunctionForm{"sql.degrees", 1, 1, numeric<degrees>},
    FunctionForm{"sql.radians", 1, 1, numeric<radians>},
    FunctionForm{"sql.exp", 1, 1, numeric<exponential>},
    FunctionForm{"sql.log2", 1, 1, numeric<logarithm_2>},
    FunctionForm{"sql.log10", 1, 1, numeric<logarithm_10>},
    FunctionForm{"sql.cbrt", 1, 1, numeric<cube_root>},
    FunctionForm{"sql.sign", 1, 1, numeric<sign>},
    FunctionForm{"sql.pi", 0, 0, pi},
    FunctionForm{"sql.e", 0, 0, euler},
    FunctionForm{"sql.crc32", 1, 1, crc},
    FunctionForm{"sql.conv", 3, 3, converted},
    FunctionForm{"sql.reverse", 1, 1, reversed},
    FunctionForm{"sql.right", 2, 2, right},
    FunctionForm{"sql.position", 2, 2, position},
    FunctionForm{"sql.lpad", 2, 3, padded<true>},
    FunctionForm{"sql.rpad", 2, 3, padded<false>},
    FunctionForm{"sql.repeat", 2, 2, repeated},
    FunctionForm{"sql.concatws", 2, many, joined_with},
    FunctionForm{"sql.nullif", 2, 2, null_if},
    FunctionForm{"sql.jsonextract", 2, 2, json_extract},
    FunctionForm{"sql.jsonvalid", 1, 1, json_valid},
    FunctionForm{"sql.jsonkeys", 1, 1, json_keys},
    FunctionForm{.name = "sql.jsonarray", .arguments_min = 0, .arguments_max = many, .compute = json_array, .takes_null = true},
    FunctionForm{.name = "sql.jsonobject", .arguments_min = 0, .arguments_max = many, .compute = json_object, .takes_null = true},
    FunctionForm{.name = "sql.size", .arguments_min = 1, .arguments_max = 1, .compute = size_of, .takes_null = true},
    FunctionForm{"sql.sha1", 1, 1, sha1_of}};

}  // namespace

std::span<const FunctionForm> foreign_functions() { return forms; }

}  // namespace tocsin::diagnose
