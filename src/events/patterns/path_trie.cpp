#include "events/patterns/path_trie.h"

#include <algorithm>

namespace tocsin::events {
namespace {
constexpr std::size_t few_max = 8;
}

PathTrie::Place PathTrie::find_child(const Node& node, std::string_view name) {
  if (node.many) {
    const auto found = node.many->find(name);
    return found == node.many->end() ? none : found->second;
  }
  for (const Child& child : node.few)
    if (child.name == name) return child.place;
  return none;
}

void PathTrie::add_child(Place place, std::string_view name, Place child) {
  Node& node = places_[place];
  node.lengths |= std::uint64_t{1} << (name.size() & 63);
  if (!name.empty()) node.first_bytes |= std::uint64_t{1} << (static_cast<unsigned char>(name[0]) & 63);
  ++node.child_count;
  if (!node.many && node.few.size() < few_max) {
    node.few.push_back({std::string(name), child});
    return;
  }
  if (!node.many) {
    node.many = std::make_unique<Index>();
    for (Child& moved : node.few) node.many->emplace(std::move(moved.name), moved.place);
    node.few.clear();
  }
  node.many->emplace(name, child);
}

void PathTrie::remove_child(Place place, std::string_view name) {
  Node& node = places_[place];
  --node.child_count;
  if (node.many)
    node.many->erase(node.many->find(name));
  else
    std::erase_if(node.few, [&](const Child& child) { return child.name == name; });
  // names of the same length may be left, and a length too many only costs a look
  if (node.child_count == 0) node.lengths = node.first_bytes = 0;
}

PathTrie::Place PathTrie::add(std::string_view path) {
  Place at = root;
  ++places_[root].uses;
  for_each_name(path, [&](std::string_view name) {
    Place next = child(at, name);
    if (next == none) {
      if (free_.empty()) {
        next = static_cast<Place>(places_.size());
        places_.emplace_back();
      } else {
        next = free_.back();
        free_.pop_back();
      }
      add_child(at, name, next);
    }
    ++places_[next].uses;
    at = next;
  });
  return at;
}

void PathTrie::remove(std::string_view path) {
  Place at = root;
  --places_[root].uses;
  for_each_name(path, [&](std::string_view name) {
    const Place next = child(at, name);
    if (--places_[next].uses == 0) {
      // the places behind it lose their last use too, each in its turn
      remove_child(at, name);
      places_[next].field = none;
      places_[next].wants_numbers = false;
      free_.push_back(next);
    }
    at = next;
  });
}

}  // namespace tocsin::events
