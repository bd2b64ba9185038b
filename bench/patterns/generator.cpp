#include "generator.h"

#include <fmt/format.h>

#include "base/random.h"

namespace tocsin::bench {
namespace {

constexpr const char* streets[] = {"UNKNOWN",  "FULTON",     "MASON",     "CALIFORNIA", "GEARY",    "MISSION",  "VALENCIA",
                                   "GUERRERO", "NORIEGA",    "JUDAH",     "IRVING",     "BALBOA",   "CABRILLO", "ANZA",
                                   "CLEMENT",  "SACRAMENTO", "JACKSON",   "PACIFIC",    "BROADWAY", "VALLEJO",  "GREEN",
                                   "UNION",    "FILBERT",    "GREENWICH", "LOMBARD",    "CHESTNUT"};
constexpr const char* street_types[] = {"ST", "AVE", "BLVD", "WAY", "TER"};

std::string lot_name(Random& random) { return fmt::format("{:04}{:03}", random.below(7000), random.below(400)); }
double area(Random& random) { return 500 + static_cast<double>(random.below(2000000)) / 100; }
double longitude(Random& random) { return -122.5 + static_cast<double>(random.below(150000000000000)) * 1e-15; }
double latitude(Random& random) { return 37.7 + static_cast<double>(random.below(120000000000000)) * 1e-15; }

std::string vertices(Random& random) {
  std::string out;
  const double x = longitude(random), y = latitude(random);
  const std::uint64_t count = 11 + random.below(6);
  for (std::uint64_t n = 0; n < count; ++n)
    out += fmt::format("{}[{:.12f},{:.12f},0.0]", n ? "," : "", x + static_cast<double>(random.below(1000000)) * 1e-10,
                       y + static_cast<double>(random.below(1000000)) * 1e-10);
  return out;
}

std::string feature(Random& random) {
  const std::string lot = lot_name(random);
  const std::string type = random.below(8) ? fmt::format("\"{}\"", street_types[random.below(5)]) : "null";
  return fmt::format(
      R"({{"type":"Feature","properties":{{"MAPBLKLOT":"{}","BLKLOT":"{}","BLOCK_NUM":"{}","LOT_NUM":"{}","FROM_ST":"{}","TO_ST":"{}","STREET":"{}","ST_TYPE":{},"ODD_EVEN":"{}","AREA":{:.2f}}},"geometry":{{"type":"Polygon","coordinates":[[{}]]}}}})",
      lot, lot, lot.substr(0, 4), lot.substr(4), random.below(5000), random.below(5000), streets[random.below(26)], type,
      random.below(2) ? "E" : "O", area(random), vertices(random));
}

/// A text member of a feature.
std::string member(const std::string& feature, const std::string& name) {
  const std::size_t from = feature.find("\"" + name + "\":\"") + name.size() + 4;
  return feature.substr(from, feature.find('"', from) - from);
}

/// The first coordinate of a feature, as it is written there.
std::string first_coordinate(const std::string& feature) {
  const std::size_t from = feature.find("[[[") + 3;
  return feature.substr(from, feature.find(',', from) - from);
}

std::string properties(const std::string& tests) { return R"({"properties":{)" + tests + "}}"; }

}  // namespace

std::vector<std::string> make_features(std::size_t count) {
  SeededRandom random(20261124);
  std::vector<std::string> out;
  for (std::size_t n = 0; n < count; ++n) out.push_back(feature(random));
  return out;
}

std::vector<RuleKind> make_rule_kinds(const std::vector<std::string>& features, std::size_t count) {
  SeededRandom random(7);
  RuleKind exact{"exact", 5, {}}, prefix{"prefix", 3, {}}, suffix{"suffix", 5, {}}, wildcard{"wildcard", 3, {}},
      anything_but{"anything-but", 5, {}}, anything_but_only{"anything-but only", 5, {}}, numeric{"numeric", 5, {}},
      nested{"nested arrays", 5, {}}, any_of{"$or", 5, {}};
  for (std::size_t n = 0; n < count; ++n) {
    const std::string& some = features[random.below(features.size())];
    const std::string lot = member(some, "MAPBLKLOT"), street = member(some, "STREET");
    exact.patterns.push_back(properties(fmt::format(R"("MAPBLKLOT":["{}"],"STREET":["{}"])", lot, street)));
    prefix.patterns.push_back(properties(fmt::format(R"("MAPBLKLOT":[{{"prefix":"{}"}}])", lot.substr(0, 3 + n % 3))));
    suffix.patterns.push_back(properties(fmt::format(R"("MAPBLKLOT":[{{"suffix":"{}"}}])", lot.substr(2 + n % 3))));
    wildcard.patterns.push_back(
        properties(fmt::format(R"("MAPBLKLOT":[{{"wildcard":"{}*{}*{}"}}])", lot.substr(0, 2), lot.substr(3, 1), lot.substr(6))));
    anything_but.patterns.push_back(properties(
        fmt::format(R"("BLOCK_NUM":["{}"],"STREET":[{{"anything-but":["{}","{}"]}}])", lot.substr(0, 4), street, streets[n % 26])));
    if (n < 100)
      anything_but_only.patterns.push_back(properties(fmt::format(
          R"("STREET":[{{"anything-but":["{}","{}"]}}],"LOT_NUM":[{{"anything-but":["{:03}"]}}])", street, streets[n % 26], n)));
    const double low = area(random);
    numeric.patterns.push_back(R"({"geometry":{"type":["Polygon"]},)" +
                               properties(fmt::format(R"("AREA":[{{"numeric":[">=",{:.2f},"<",{:.2f}]}}])", low, low + 40)).substr(1));
    nested.patterns.push_back(
        fmt::format(R"({{"geometry":{{"type":["Polygon"],"coordinates":[{}]}}}})",
                    n % 2 ? first_coordinate(some) : fmt::format(R"({{"numeric":["=",{}]}})", first_coordinate(some))));
    any_of.patterns.push_back(
        fmt::format(R"({{"$or":[{{"properties":{{"MAPBLKLOT":["{}"]}}}},{{"properties":{{"STREET":["{}"],"LOT_NUM":["{}"]}}}}]}})", lot,
                    street, lot.substr(4)));
  }
  return {exact, prefix, suffix, wildcard, anything_but, anything_but_only, numeric, nested, any_of};
}

std::vector<std::string> make_exact_rules(std::size_t count) {
  SeededRandom random(11);
  std::vector<std::string> out;
  for (std::size_t n = 0; n < count; ++n)
    out.push_back(properties(fmt::format(R"("MAPBLKLOT":["{}"],"ODD_EVEN":["E"])", lot_name(random))));
  return out;
}

}  // namespace tocsin::bench
