#include "events/patterns/flat_event.h"

#include <boost/json.hpp>
#include <cmath>

namespace tocsin::events {
namespace {

constexpr std::int64_t exact_integer_max = 9007199254740992;  // 2^53

Leaf make_leaf(const Document& value) {
  Leaf leaf;
  if (value.is_bool()) {
    leaf.kind = Leaf::Kind::truth;
    leaf.truth = value.get_bool();
  } else if (value.is_string()) {
    leaf.kind = Leaf::Kind::text;
    leaf.text = {value.get_string().data(), value.get_string().size()};
  } else if (value.is_number()) {
    leaf.kind = Leaf::Kind::number;
    leaf.number = exact_number(value);
  }
  return leaf;
}

}  // namespace

std::optional<double> exact_number(const Document& value) {
  if (value.is_uint64()) return std::nullopt;
  if (value.is_int64() && (value.get_int64() > exact_integer_max || value.get_int64() < -exact_integer_max)) return std::nullopt;
  const double number = value.is_int64() ? static_cast<double>(value.get_int64()) : value.get_double();
  if (std::abs(number) > static_cast<double>(exact_integer_max)) return std::nullopt;
  return number;
}

FlatEvent::FlatEvent(const Document& event) {
  std::string path;
  std::vector<ArrayElement> within;
  if (event.is_object()) flatten(event, path, within);
}

const std::vector<Leaf>* FlatEvent::leaves(const std::string& path) const {
  const auto found = leaves_.find(path);
  return found == leaves_.end() ? nullptr : &found->second;
}

void FlatEvent::flatten(const Document& value, std::string& path, std::vector<ArrayElement>& within) {
  if (const Object* object = value.if_object()) {
    const std::size_t length = path.size();
    for (const auto& [key, member] : *object) {
      if (length > 0) path += '.';
      path.append(key.data(), key.size());
      flatten(member, path, within);
      path.resize(length);
    }
  } else if (const Array* array = value.if_array()) {
    const std::uint32_t number = array_count_++;
    for (std::uint32_t index = 0; index < array->size(); ++index) {
      within.push_back({number, index});
      flatten((*array)[index], path, within);
      within.pop_back();
    }
  } else {
    Leaf leaf = make_leaf(value);
    leaf.within = within;
    leaves_[path].push_back(std::move(leaf));
    ++leaf_count_;
  }
}

}  // namespace tocsin::events
