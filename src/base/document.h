// The generic document: what a request, a response, an event or a stored definition is before its types are known. A Boost.JSON value, by
// these conventions:
//  - a timestamp is an int64 of nanoseconds UTC, a blob is a string of its raw bytes (the wire codecs, who know the model, translate both);
//  - a member that was not sent is absent, never null.
#pragma once

#include <boost/json/fwd.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tocsin {

using Document = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;

/// Parses JSON text of bytes from outside: UTF-8, at most `depth_max` levels, of duplicate keys the last wins.
Result<Document> parse_json(std::string_view text, std::size_t depth_max = 64);
/// Compact JSON text.
std::string to_json(const Document& document);
/// JSON text indented by two blanks, for people.
std::string to_pretty_json(const Document& document);

/// The member, or nullptr when `document` is no object or has no such member. Members can be chained: find(find(d, "a"), "b").
const Document* find(const Document& document, std::string_view key);
const Document* find(const Document* document, std::string_view key);
const Document* find(const Object& object, std::string_view key);

/// The member as text, number or truth, when it is there and of that type.
std::optional<std::string> text_at(const Document& document, std::string_view key);
std::optional<std::int64_t> integer_at(const Document& document, std::string_view key);
std::optional<double> number_at(const Document& document, std::string_view key);
std::optional<bool> truth_at(const Document& document, std::string_view key);
/// The same with a value for when it is not.
std::string text_or(const Document& document, std::string_view key, std::string_view otherwise = {});
std::int64_t integer_or(const Document& document, std::string_view key, std::int64_t otherwise);
bool truth_or(const Document& document, std::string_view key, bool otherwise);
/// The member's elements or fields; a shared empty one when it is absent.
const Array& array_at(const Document& document, std::string_view key);
const Object& object_at(const Document& document, std::string_view key);
/// Of an object as it is: what they return lives as long as it, where a Document made of it would be gone at once.
const Array& array_at(const Object& object, std::string_view key);
const Object& object_at(const Object& object, std::string_view key);

/// Any JSON number as a double.
std::optional<double> as_number(const Document& document);

}  // namespace tocsin
