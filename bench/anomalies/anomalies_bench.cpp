// anomalies_bench: what the anomaly score costs, as lines of "what  number unit"; by the CPU time of its one thread.
#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <ctime>
#include <functional>
#include <memory>
#include <numbers>
#include <vector>

#include "base/random.h"
#include "detect/anomalies/anomaly_learner.h"

namespace tocsin {
namespace {

constexpr std::size_t points = 400'000;
constexpr std::int64_t interval_s = 60;

void report(std::string_view what, double number, std::string_view unit) { fmt::print("{:<72} {:>12.1f} {}\n", what, number, unit); }

struct Shape {
  std::string_view name;
  std::function<double(std::size_t, Random&)> value;
};

std::vector<double> series_of(const Shape& shape) {
  SeededRandom random(9);
  std::vector<double> values(points);
  for (std::size_t i = 0; i < points; ++i) values[i] = shape.value(i, random);
  return values;
}

template <typename Detector>
double points_per_second(const std::vector<double>& values, std::size_t& anomalies) {
  auto detector = std::make_unique<Detector>();
  const std::clock_t start = std::clock();
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Instant at{std::chrono::seconds(1'700'000'000 + static_cast<std::int64_t>(i) * interval_s)};
    const auto judged = detector->observe(at, values[i]);
    if constexpr (requires { judged.score; })
      anomalies += judged.score >= 0.5 ? 1 : 0;
    else
      anomalies += judged.judgement.score >= 0.5 ? 1 : 0;
  }
  return static_cast<double>(values.size()) / (static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
}

}  // namespace

void run() {
  double walk = 0;
  const std::vector<Shape> shapes = {
      {"a daily wave with noise",
       [](std::size_t i, Random& random) {
         return 50 + 30 * std::sin(static_cast<double>(i % 1440) / 1440 * 2 * std::numbers::pi) + random.unit();
       }},
      {"rare spikes", [](std::size_t, Random& random) { return random.below(200) == 0 ? 100 * random.unit() : random.unit(); }},
      {"a constant", [](std::size_t, Random&) { return 45.0; }},
      {"a random walk", [&walk](std::size_t, Random& random) { return walk += random.unit() - 0.5; }},
  };
  for (const Shape& shape : shapes) {
    const auto values = series_of(shape);
    std::size_t anomalies = 0, both = 0;
    report(fmt::format("score: {}", shape.name), points_per_second<detect::AnomalyDetector>(values, anomalies), "points/s");
    report(fmt::format("score and band: {}", shape.name), points_per_second<detect::AnomalyLearner>(values, both), "points/s");
    report(fmt::format("anomalies in {} points of {}", points, shape.name), static_cast<double>(anomalies), "");
  }
  report("memory of a score", sizeof(detect::AnomalyDetector), "bytes");
  report("memory of a series: score, band, the newest bands", sizeof(detect::AnomalyLearner), "bytes");
}

}  // namespace tocsin

int main() { tocsin::run(); }
