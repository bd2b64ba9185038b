#include "telemetry/log_patterns/template_miner.h"

#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "telemetry/log_patterns/word_looks.h"

namespace tocsin::telemetry {
namespace {

using WordId = std::uint32_t;
constexpr WordId any_word = 0;  ///< many words have been seen here
constexpr WordId variable = 1;  ///< what stood here varies by its looks
constexpr std::uint32_t none = UINT32_MAX;
constexpr std::size_t roots_compared_max = 512;

// in how many words one place must differ until it varies
constexpr std::size_t plain_words_min = 6;
constexpr std::size_t preposition_words_min = 3;
constexpr std::size_t first_words_min = 8;

std::uint64_t hash_of(std::string_view text, std::uint64_t hash = 0xcbf29ce484222325ULL) {
  while (text.size() >= 8) {
    std::uint64_t part = 0;
    std::memcpy(&part, text.data(), 8);
    hash = (hash ^ part) * 0x9fb21c651e98df25ULL;
    hash ^= hash >> 32;
    text.remove_prefix(8);
  }
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  hash ^= hash >> 29;
  return hash;
}

}  // namespace

struct TemplateMiner::Parts {
  struct Place {
    WordId word = any_word;
    bool value_place = false, value_look = false, preposition = false;
  };
  struct Shape {
    std::uint64_t key = 0;
    TemplateId id = 0;
    std::uint32_t parent = none;  ///< what it has become one with
    std::uint32_t partition = 0;
    std::uint64_t count = 0;
    std::vector<Place> places;
    std::string sample;
  };
  struct Partition {
    std::vector<ShapeId> roots;
    std::vector<ShapeId> wild;  ///< roots with a place for any word
    std::unordered_map<std::uint64_t, std::vector<ShapeId>> contexts;
    ShapeId overflow = none;
  };

  MinerOptions options;
  LineShape line;
  std::vector<Shape> shapes;
  std::vector<Partition> partitions;
  std::unordered_map<std::uint64_t, ShapeId> shape_of_key;
  std::unordered_map<std::uint64_t, std::uint32_t> partition_of_skeleton;
  std::unordered_map<std::uint64_t, WordId> word_ids;

  explicit Parts(MinerOptions given) : options(given) {}

  WordId word_id(std::string_view word) {
    return word_ids.try_emplace(hash_of(word), static_cast<WordId>(word_ids.size() + 2)).first->second;
  }

  ShapeId root_of(ShapeId shape) const {
    while (shapes[shape].parent != none) shape = shapes[shape].parent;
    return shape;
  }

  std::size_t place_count() const { return std::min(line.words().size(), options.words_max); }

  std::uint64_t key() const {
    std::uint64_t hash = line.skeleton();
    for (std::size_t i = 0; i < place_count(); ++i)
      hash = hash_of(line.words()[i].variable ? std::string_view("\1") : line.word(i), hash * 31 + 7);
    return hash;
  }

  ShapeId add(std::string_view text, std::uint64_t count) {
    line.read(text);
    const std::uint64_t shape_key = key();
    const auto found = shape_of_key.find(shape_key);
    const ShapeId shape = found != shape_of_key.end() ? found->second : learn(shape_key);
    shapes[shape].count += count;
    return shape;
  }

  ShapeId learn(std::uint64_t shape_key) {
    const auto [at, fresh] = partition_of_skeleton.try_emplace(line.skeleton(), static_cast<std::uint32_t>(partitions.size()));
    if (fresh) partitions.emplace_back();
    const std::uint32_t partition = at->second;
    std::vector<Place> places = read_places();
    // a template that has room for it needs no shape more
    if (const ShapeId wild = matching_wild(partition, places); wild != none) {
      if (shape_of_key.size() < options.shapes_max * 4) shape_of_key.emplace(shape_key, wild);
      return wild;
    }
    if (shapes.size() >= options.shapes_max) return overflow(partition, std::move(places));
    const ShapeId shape = new_shape(shape_key, partition, std::move(places));
    shape_of_key.emplace(shape_key, shape);
    place(shape);
    return shape;
  }

  std::vector<Place> read_places() {
    std::vector<Place> places;
    places.reserve(place_count());
    for (std::size_t i = 0; i < place_count(); ++i) {
      const ShapeWord& word = line.words()[i];
      places.push_back({word.variable ? variable : word_id(line.word(i)), word.value_place, word.value_look, word.behind_preposition});
    }
    return places;
  }

  ShapeId new_shape(std::uint64_t shape_key, std::uint32_t partition, std::vector<Place> places) {
    const auto shape = static_cast<ShapeId>(shapes.size());
    shapes.push_back({.key = shape_key,
                      .id = shape_key == 0 ? 1 : shape_key,
                      .partition = partition,
                      .places = std::move(places),
                      .sample = std::string(line.line().substr(0, options.sample_bytes_max))});
    return shape;
  }

  /// One template for all shapes of the partition that find no room.
  ShapeId overflow(std::uint32_t partition, std::vector<Place> places) {
    if (partitions[partition].overflow != none) return root_of(partitions[partition].overflow);
    for (Place& place : places) place.word = any_word;
    // partitions may not grow without bound either: the last shape takes what comes then
    if (shapes.size() >= options.shapes_max * 2) return root_of(static_cast<ShapeId>(shapes.size() - 1));
    return partitions[partition].overflow = new_shape(hash_of("overflow", line.skeleton()), partition, std::move(places));
  }

  static bool fits(const std::vector<Place>& wild, const std::vector<Place>& places) {
    for (std::size_t i = 0; i < wild.size(); ++i)
      if (wild[i].word != any_word && wild[i].word != places[i].word) return false;
    return true;
  }

  ShapeId matching_wild(std::uint32_t partition, const std::vector<Place>& places) const {
    for (const ShapeId root : partitions[partition].wild)
      if (shapes[root].places.size() == places.size() && fits(shapes[root].places, places)) return root;
    return none;
  }

  /// Among the other templates: becomes one with those from which it differs in places that vary.
  void place(ShapeId shape) {
    Partition& partition = partitions[shapes[shape].partition];
    const std::size_t compared = std::min(partition.roots.size(), roots_compared_max);
    for (std::size_t i = partition.roots.size() - compared; i < partition.roots.size(); ++i)
      if (const ShapeId other = partition.roots[i]; differs_in_values(shapes[other], shapes[shape])) {
        merge({other, shape});
        return;
      }
    partition.roots.push_back(shape);
    if (is_wild(shapes[shape])) partition.wild.push_back(shape);
    const std::size_t count = shapes[shape].places.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (!is_constant(shapes[shape].places[i])) continue;
      auto& context = partition.contexts[context_key(shapes[shape], i)];
      context.push_back(shape);
      if (context.size() >= words_min(shapes[shape], i)) {
        const std::vector<ShapeId> alike = context;
        merge(alike);
        return;
      }
    }
  }

  static bool is_wild(const Shape& shape) {
    return std::any_of(shape.places.begin(), shape.places.end(), [](const Place& place) { return place.word == any_word; });
  }

  static bool is_constant(const Place& place) { return place.word != any_word && place.word != variable; }

  /// Every place in which they differ is one for values, and enough words stay.
  static bool differs_in_values(const Shape& a, const Shape& b) {
    if (a.places.size() != b.places.size()) return false;
    std::size_t same = 0, different = 0, unsure = 0;
    for (std::size_t i = 0; i < a.places.size(); ++i) {
      const Place &x = a.places[i], &y = b.places[i];
      if (x.word == y.word) {
        same += is_constant(x);
      } else if (x.word == any_word || y.word == any_word) {
        continue;
      } else if (x.word == variable || y.word == variable) {
        // a name beside what looks like a value: "user root" and "user 0101"
        const Place& word = x.word == variable ? y : x;
        unsure += !(word.value_place || word.preposition || word.value_look);
        ++different;
      } else {
        if (!(x.value_place || y.value_place || (x.value_look && y.value_look))) return false;
        ++different;
      }
    }
    if (different == 0) return same > 0;
    return same >= different && (unsure == 0 || (unsure == 1 && different == 1 && same >= 3));
  }

  std::size_t words_min(const Shape& shape, std::size_t place) const {
    std::size_t constants = 0;
    for (const Place& each : shape.places) constants += is_constant(each);
    if (constants <= 1) return SIZE_MAX;
    if (place == 0) return first_words_min;
    if (shape.places[place].preposition && constants > 2) return preposition_words_min;
    return constants == 2 ? plain_words_min + 2 : plain_words_min;
  }

  static std::uint64_t context_key(const Shape& shape, std::size_t without) {
    std::uint64_t hash = without * 0x9e3779b97f4a7c15ULL + shape.places.size();
    for (std::size_t i = 0; i < shape.places.size(); ++i)
      hash = (hash ^ (i == without ? 0xffffffffU : shape.places[i].word)) * 0x100000001b3ULL + (hash >> 31);
    return hash;
  }

  /// The eldest stays and takes any word where they differ.
  void merge(const std::vector<ShapeId>& alike) {
    std::vector<ShapeId> roots;
    for (const ShapeId each : alike)
      if (const ShapeId root = root_of(each); std::find(roots.begin(), roots.end(), root) == roots.end()) roots.push_back(root);
    if (roots.empty()) return;
    std::sort(roots.begin(), roots.end());
    const ShapeId eldest = roots.front();
    Shape& kept = shapes[eldest];
    Partition& partition = partitions[kept.partition];
    for (std::size_t i = 1; i < roots.size(); ++i) {
      Shape& joined = shapes[roots[i]];
      for (std::size_t p = 0; p < kept.places.size(); ++p)
        if (kept.places[p].word != joined.places[p].word) kept.places[p].word = any_word;
      joined.parent = eldest;
    }
    // and those that the wider template has room for
    for (const ShapeId root : partition.roots)
      if (root != eldest && shapes[root].parent == none && fits(kept.places, shapes[root].places)) shapes[root].parent = eldest;
    const auto gone = [&](ShapeId root) { return root == eldest || shapes[root].parent != none; };
    std::erase_if(partition.roots, gone);
    std::erase_if(partition.wild, gone);
    for (auto context = partition.contexts.begin(); context != partition.contexts.end();) {
      std::erase_if(context->second, gone);
      context = context->second.empty() ? partition.contexts.erase(context) : std::next(context);
    }
    for (Shape& shape : shapes)
      if (shape.parent == eldest && shape.count > 0 && &shape != &kept) {
        kept.count += shape.count;
        shape.count = 0;
      }
    place(eldest);
  }
};

TemplateMiner::TemplateMiner(MinerOptions options) : parts_(std::make_unique<Parts>(options)) {}
TemplateMiner::~TemplateMiner() = default;
TemplateMiner::TemplateMiner(const TemplateMiner& other) : parts_(std::make_unique<Parts>(*other.parts_)) {}
TemplateMiner::TemplateMiner(TemplateMiner&&) noexcept = default;

ShapeId TemplateMiner::add(std::string_view line, std::uint64_t count) { return parts_->add(line, count); }
TemplateId TemplateMiner::template_of(ShapeId shape) const { return parts_->shapes[parts_->root_of(shape)].id; }
std::size_t TemplateMiner::shapes() const { return parts_->shapes.size(); }

std::uint64_t TemplateMiner::count_of(ShapeId shape) const {
  const ShapeId root = parts_->root_of(shape);
  std::uint64_t count = 0;
  for (ShapeId each = 0; each < parts_->shapes.size(); ++each)
    if (parts_->shapes[each].count > 0 && parts_->root_of(each) == root) count += parts_->shapes[each].count;
  return count;
}

std::vector<TemplateMiner::Template> TemplateMiner::templates() const {
  const Parts& p = *parts_;
  std::vector<std::uint64_t> counts(p.shapes.size());
  for (ShapeId each = 0; each < p.shapes.size(); ++each) counts[p.root_of(each)] += p.shapes[each].count;
  std::vector<Template> all;
  for (ShapeId each = 0; each < p.shapes.size(); ++each)
    if (p.shapes[each].parent == none && counts[each] > 0) all.push_back({p.shapes[each].id, each, counts[each], p.shapes[each].sample});
  return all;
}

TemplateText TemplateMiner::text_of(ShapeId shape) const {
  const Parts::Shape& root = parts_->shapes[parts_->root_of(shape)];
  LineShape line;
  line.read(root.sample);
  std::vector<Variable> variables = line.variables();
  for (std::size_t i = 0; i < std::min(root.places.size(), line.words().size()); ++i)
    if (root.places[i].word == any_word && !line.words()[i].variable)
      variables.push_back({line.words()[i].begin, line.words()[i].end, VariableKind::word});
  std::sort(variables.begin(), variables.end(), [](const Variable& a, const Variable& b) { return a.begin < b.begin; });
  TemplateText text;
  std::uint32_t at = 0;
  for (const Variable& variable : variables) {
    text.texts.emplace_back(root.sample.substr(at, variable.begin - at));
    text.variables.push_back(variable.kind);
    at = variable.end;
  }
  text.texts.emplace_back(root.sample.substr(at));
  return text;
}

std::vector<std::string_view> TemplateMiner::variables_in(ShapeId shape, std::string_view text) const {
  const Parts::Shape& root = parts_->shapes[parts_->root_of(shape)];
  LineShape line;
  line.read(text);
  std::vector<Variable> variables = line.variables();
  for (std::size_t i = 0; i < std::min(root.places.size(), line.words().size()); ++i)
    if (root.places[i].word == any_word && !line.words()[i].variable)
      variables.push_back({line.words()[i].begin, line.words()[i].end, VariableKind::word});
  std::sort(variables.begin(), variables.end(), [](const Variable& a, const Variable& b) { return a.begin < b.begin; });
  std::vector<std::string_view> values;
  for (const Variable& variable : variables) values.push_back(text.substr(variable.begin, variable.end - variable.begin));
  return values;
}

std::string with_wildcards(const TemplateText& text) {
  std::string all;
  for (std::size_t i = 0; i < text.texts.size(); ++i) {
    const bool beside = i > 0 && i < text.texts.size() - 1 && text.texts[i].find_first_not_of(" ,:") == std::string::npos;
    if (!beside) all += text.texts[i];
    if (i < text.variables.size() && !beside) all += "<*>";
  }
  return all;
}

}  // namespace tocsin::telemetry
