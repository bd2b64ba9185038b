#include "events/patterns/event_leaves.h"

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <cmath>
#include <cstdlib>

namespace tocsin::events {
namespace {
constexpr double exact_integer_max = 9007199254740992;  // 2^53
}

std::optional<double> comparable_number(std::string_view digits) {
  const char* const end = digits.data() + digits.size();
  if (digits.find_first_of(".eE") == std::string_view::npos) {
    std::int64_t integer = 0;
    const auto parsed = std::from_chars(digits.data(), end, integer);
    if (parsed.ec != std::errc() || std::abs(static_cast<double>(integer)) > exact_integer_max) return std::nullopt;
    // the double of 2^53 + 1 is 2^53
    if (integer > static_cast<std::int64_t>(exact_integer_max) || integer < -static_cast<std::int64_t>(exact_integer_max))
      return std::nullopt;
    return static_cast<double>(integer);
  }
  double number = 0;
  // out of range: too small to be told from 0, or too large to be compared
  if (std::from_chars(digits.data(), end, number).ec != std::errc()) number = std::strtod(std::string(digits).c_str(), nullptr);
  return std::abs(number) > exact_integer_max ? std::nullopt : std::optional(number);
}

std::vector<ArrayElement> EventLeaves::elements_of(const EventLeaf& leaf) const {
  std::vector<ArrayElement> out;
  for (std::uint32_t at = leaf.within; at != none; at = elements_[at].outer) out.push_back(elements_[at].element);
  std::ranges::reverse(out);
  return out;
}

void EventLeaves::clear() {
  leaves_.clear();
  elements_.clear();
  unescaped_.clear();
  array_count_ = 0;
  is_odd_ = false;
}

EventLeaf* EventLeaves::add(Place place, std::uint32_t within, Leaf::Kind kind) {
  const PathTrie::Field field = trie_.field(place);
  if (field == none) return nullptr;
  return &leaves_.emplace_back(EventLeaf{.field = field, .kind = kind, .text = {}, .within = within});
}

std::string_view EventLeaves::keep(JsonScan::Raw raw) {
  return raw.escaped ? unescaped_.emplace_back(JsonScan::unescape(raw.bytes)) : raw.bytes;
}

// --- of text

bool EventLeaves::read_text(std::string_view event) {
  clear();
  scan_ = JsonScan(event);
  scan_.skip_blanks();
  if (scan_.peek() != '{' || !read_object(PathTrie::root, none, 0)) return false;
  scan_.skip_blanks();
  if (!scan_.at_end()) return false;
  if (!is_odd_) return true;
  auto document = parse_json(event);
  if (!document) return false;
  odd_event_ = std::move(*document);
  read_document(odd_event_);
  return true;
}

/// The key and its colon; where the key leads.
bool EventLeaves::read_key(Place place, std::uint64_t object, Place& child) {
  JsonScan::Raw key;
  scan_.skip_blanks();
  if (!scan_.string(key)) return false;
  scan_.skip_blanks();
  if (!scan_.take(':')) return false;
  const std::string_view name = keep(key);
  child = trie_.child(place, name);
  if (child == none) {
    if (!name.empty() && !trie_.may_begin(place, name)) return true;
    const std::size_t dot = name.find('.');
    const bool dots_lead_on = dot != std::string_view::npos && trie_.child(place, name.substr(0, dot)) != none;
    is_odd_ = is_odd_ || dots_lead_on || (name.empty() && place == PathTrie::root);
    return true;
  }
  if (met_in_.size() <= child) met_in_.resize(child + 1);
  is_odd_ = is_odd_ || met_in_[child] == object;
  met_in_[child] = object;
  return true;
}

bool EventLeaves::read_object(Place place, std::uint32_t within, int depth) {
  if (depth >= JsonScan::depth_max || !scan_.take('{')) return false;
  const std::uint64_t object = ++object_count_;
  scan_.skip_blanks();
  if (scan_.take('}')) return true;
  do {
    Place child = none;
    if (!read_key(place, object, child)) return false;
    if (!(child == none ? scan_.skip_value(depth + 1) : read_value(child, within, depth + 1))) return false;
    scan_.skip_blanks();
  } while (scan_.take(','));
  return scan_.take('}');
}

bool EventLeaves::read_value(Place place, std::uint32_t within, int depth) {
  scan_.skip_blanks();
  switch (scan_.peek()) {
    case '{':
      return trie_.goes_on(place) ? read_object(place, within, depth) : scan_.skip_value(depth);
    case '[':
      return read_array(place, within, depth);
    case '"':
      return read_text_leaf(place, within);
    case 't':
      if (EventLeaf* leaf = add(place, within, Leaf::Kind::truth)) leaf->truth = true;
      return scan_.word("true");
    case 'f':
      add(place, within, Leaf::Kind::truth);
      return scan_.word("false");
    case 'n':
      add(place, within, Leaf::Kind::null);
      return scan_.word("null");
    default:
      return read_number_leaf(place, within);
  }
}

bool EventLeaves::read_array(Place place, std::uint32_t within, int depth) {
  if (depth >= JsonScan::depth_max || !scan_.take('[')) return false;
  const std::uint32_t array = array_count_++;
  scan_.skip_blanks();
  if (scan_.take(']')) return true;
  std::uint32_t index = 0;
  do {
    elements_.push_back({{array, index++}, within});
    if (!read_value(place, static_cast<std::uint32_t>(elements_.size() - 1), depth + 1)) return false;
    scan_.skip_blanks();
  } while (scan_.take(','));
  return scan_.take(']');
}

bool EventLeaves::read_text_leaf(Place place, std::uint32_t within) {
  JsonScan::Raw raw;
  if (!scan_.string(raw)) return false;
  if (EventLeaf* leaf = add(place, within, Leaf::Kind::text)) leaf->text = keep(raw);
  return true;
}

bool EventLeaves::read_number_leaf(Place place, std::uint32_t within) {
  std::string_view digits;
  if (!scan_.number(digits)) return false;
  EventLeaf* leaf = add(place, within, Leaf::Kind::number);
  if (!leaf || !trie_.wants_numbers(place)) return true;
  const auto number = comparable_number(digits);
  leaf->has_number = number.has_value();
  leaf->number = number.value_or(0);
  return true;
}

// --- of a document

void EventLeaves::read_document(const Document& event) {
  clear();
  if (const Object* object = event.if_object()) walk_object(*object, PathTrie::root, true, none);
}

void EventLeaves::walk_object(const Object& object, Place place, bool path_is_empty, std::uint32_t within) {
  for (const auto& [key, member] : object) {
    const std::string_view name(key.data(), key.size());
    if (path_is_empty && name.empty()) {
      walk(member, place, true, within);
      continue;
    }
    // one key may be several names
    Place child = place;
    std::size_t from = 0;
    while (child != none && from <= name.size()) {
      const std::size_t dot = std::min(name.find('.', from), name.size());
      child = trie_.child(child, name.substr(from, dot - from));
      from = dot + 1;
    }
    if (child != none) walk(member, child, false, within);
  }
}

void EventLeaves::walk_array(const Array& array, Place place, bool path_is_empty, std::uint32_t within) {
  const std::uint32_t number = array_count_++;
  for (std::uint32_t index = 0; index < array.size(); ++index) {
    elements_.push_back({{number, index}, within});
    walk(array[index], place, path_is_empty, static_cast<std::uint32_t>(elements_.size() - 1));
  }
}

void EventLeaves::walk(const Document& value, Place place, bool path_is_empty, std::uint32_t within) {
  if (const Object* object = value.if_object()) return walk_object(*object, place, path_is_empty, within);
  if (const Array* array = value.if_array()) return walk_array(*array, place, path_is_empty, within);
  const Leaf::Kind kind = value.is_string()   ? Leaf::Kind::text
                          : value.is_number() ? Leaf::Kind::number
                          : value.is_bool()   ? Leaf::Kind::truth
                                              : Leaf::Kind::null;
  EventLeaf* leaf = add(place, within, kind);
  if (!leaf) return;
  if (kind == Leaf::Kind::text) leaf->text = {value.get_string().data(), value.get_string().size()};
  if (kind == Leaf::Kind::truth) leaf->truth = value.get_bool();
  if (kind != Leaf::Kind::number) return;
  const auto number = exact_number(value);
  leaf->has_number = number.has_value();
  leaf->number = number.value_or(0);
}

}  // namespace tocsin::events
