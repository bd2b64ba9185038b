// anomalies_search FOLDER: the detector of the server, built a second time with constants that can be changed, over the series of FOLDER.
// Each line of the input is a configuration ("surprise_asked=3 quiet_points=40", or nothing for the fixed one); for each come a line a
// series, "group/name.csv" and the numbers of the points that are anomalies, and a line "end".
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "detect/anomalies/anomaly_detector.h"
#include "detect/anomalies/tuning.h"

namespace tocsin::detect {
namespace {

struct Point {
  Instant at;
  double value;
};

const std::map<std::string, std::function<void(double)>> settings = {
    {"surprise_asked", [](double v) { tuning.surprise_asked = v; }},
    {"asked_per_decade", [](double v) { tuning.asked_per_decade = v; }},
    {"habituation_step", [](double v) { tuning.habituation_step = v; }},
    {"habituation_share", [](double v) { tuning.habituation_share = v; }},
    {"quiet_points", [](double v) { tuning.quiet_points = v; }},
    {"quiet_share", [](double v) { tuning.quiet_share = v; }},
    {"worse_by", [](double v) { tuning.worse_by = v; }},
    {"tail_share", [](double v) { tuning.tail_share = static_cast<float>(v); }},
    {"tail_index_min", [](double v) { tuning.tail_index_min = static_cast<float>(v); }},
    {"beyond_seen", [](double v) { tuning.beyond_seen = static_cast<float>(v); }},
    {"known_points", [](double v) { tuning.known_points = static_cast<float>(v); }},
    {"usual_weight", [](double v) { tuning.usual_weight = static_cast<float>(v); }},
    {"level_points", [](double v) { tuning.level_points = v; }},
    {"short_points", [](double v) { tuning.short_points = v; }},
    {"middle_points", [](double v) { tuning.middle_points = v; }},
    {"long_points", [](double v) { tuning.long_points = v; }},
    {"weight_distance", [](double v) { tuning.weights[0] = static_cast<float>(v); }},
    {"weight_short", [](double v) { tuning.weights[1] = static_cast<float>(v); }},
    {"weight_middle", [](double v) { tuning.weights[2] = static_cast<float>(v); }},
    {"weight_stays_out", [](double v) { tuning.weights[3] = static_cast<float>(v); }},
    {"weight_stillness", [](double v) { tuning.weights[4] = static_cast<float>(v); }},
    {"weight_novelty", [](double v) { tuning.weights[5] = static_cast<float>(v); }},
    {"weight_roughness", [](double v) { tuning.weights[6] = static_cast<float>(v); }},
};

Instant instant_of(const std::string& text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  std::sscanf(text.c_str(), "%d-%d-%d%*c%d:%d:%d", &year, &month, &day, &hour, &minute, &second);
  const std::chrono::sys_days date{std::chrono::year{year} / month / day};
  return Instant{date + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second)};
}

std::vector<Point> read_series(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<Point> points;
  std::string line;
  std::getline(file, line);
  while (std::getline(file, line))
    if (const auto comma = line.find(','); comma != std::string::npos)
      points.push_back({instant_of(line.substr(0, comma)), std::stod(line.substr(comma + 1))});
  return points;
}

bool configure(const std::string& line) {
  tuning = Tuning{};
  std::istringstream words(line);
  for (std::string word; words >> word;) {
    const auto equals = word.find('=');
    const auto setting = settings.find(word.substr(0, equals));
    if (equals == std::string::npos || setting == settings.end()) return false;
    setting->second(std::stod(word.substr(equals + 1)));
  }
  return true;
}

int search(const std::filesystem::path& folder) {
  std::map<std::string, std::vector<Point>> all;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder / "series"))
    if (entry.path().extension() == ".csv")
      all[std::filesystem::relative(entry.path(), folder / "series").string()] = read_series(entry.path());
  for (std::string line; std::getline(std::cin, line);) {
    if (!configure(line)) {
      std::cerr << "anomalies_search: no such setting: " << line << "\n";
      return 2;
    }
    for (const auto& [name, points] : all) {
      auto detector = std::make_unique<AnomalyDetector>();
      std::cout << name;
      for (std::size_t i = 0; i < points.size(); ++i)
        if (detector->observe(points[i].at, points[i].value).score >= 0.5) std::cout << ' ' << i;
      std::cout << '\n';
    }
    std::cout << "end" << std::endl;
  }
  return 0;
}

}  // namespace
}  // namespace tocsin::detect

int main(int count, char** arguments) {
  if (count == 2) return tocsin::detect::search(arguments[1]);
  std::cerr << "usage: anomalies_search FOLDER < CONFIGURATIONS\n";
  return 2;
}
