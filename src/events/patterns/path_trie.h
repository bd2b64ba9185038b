// The fields that patterns name, by the names on the way to them: `detail.state` is two names. What an event has beside that way is passed
// over. Threads: as its owner.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace tocsin::events {

class PathTrie {
 public:
  using Place = std::uint32_t;
  using Field = std::uint32_t;
  static constexpr Place root = 0;
  static constexpr std::uint32_t none = ~std::uint32_t{0};

  PathTrie() : places_(1) {}

  /// The place of a path, made when it is new. Each call is one use of it.
  Place add(std::string_view path);
  /// Ends one use; what nobody uses any more is gone.
  void remove(std::string_view path);
  void set_field(Place place, Field field) { places_[place].field = field; }
  void want_numbers(Place place) { places_[place].wants_numbers = true; }

  /// `none` when no path goes on with this name, or nothing is asked of the place itself.
  Place child(Place place, std::string_view name) const {
    const Node& node = places_[place];
    if (!(node.lengths >> (name.size() & 63) & 1) || !may_begin(place, name)) return none;
    return find_child(node, name);
  }
  /// Whether a name that goes on from here may begin as this one does; few others do.
  bool may_begin(Place place, std::string_view name) const {
    return name.empty() || (places_[place].first_bytes >> (static_cast<unsigned char>(name[0]) & 63) & 1);
  }
  Field field(Place place) const { return places_[place].field; }
  bool wants_numbers(Place place) const { return places_[place].wants_numbers; }
  bool goes_on(Place place) const { return places_[place].child_count > 0; }

 private:
  struct Child {
    std::string name;
    Place place;
  };
  struct NameHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view name) const { return std::hash<std::string_view>()(name); }
  };
  using Index = std::unordered_map<std::string, Place, NameHash, std::equal_to<>>;
  struct Node {
    std::uint64_t lengths = 0;  ///< of the children's names, so that most others are told at once
    std::uint64_t first_bytes = 0;
    std::vector<Child> few;  ///< until they are many
    std::unique_ptr<Index> many;
    std::uint32_t child_count = 0;
    std::uint32_t uses = 0;
    Field field = none;
    bool wants_numbers = false;  ///< whether anything is asked of numbers there
  };
  static Place find_child(const Node& node, std::string_view name);
  void add_child(Place place, std::string_view name, Place child);
  void remove_child(Place place, std::string_view name);

  std::vector<Node> places_;
  std::vector<Place> free_;
};

/// The names of a path, one after another. An empty path has none.
template <typename Visit>
void for_each_name(std::string_view path, Visit visit) {
  if (path.empty()) return;
  while (true) {
    const std::size_t dot = path.find('.');
    visit(path.substr(0, dot));
    if (dot == std::string_view::npos) return;
    path.remove_prefix(dot + 1);
  }
}

}  // namespace tocsin::events
