#include "telemetry/prometheus/exposition.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <limits>

namespace tocsin::telemetry {
namespace {

bool begins_name(char c) { return std::isalpha(static_cast<unsigned char>(c)) || c == '_' || c == ':'; }
bool continues_name(char c) { return begins_name(c) || std::isdigit(static_cast<unsigned char>(c)); }
bool is_blank(char c) { return c == ' ' || c == '\t'; }

bool same(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(a[i])) != b[i]) return false;
  return true;
}

std::optional<double> parse_value(std::string_view text) {
  const bool negative = text.starts_with('-');
  const std::string_view bare = negative || text.starts_with('+') ? text.substr(1) : text;
  if (same(bare, "inf") || same(bare, "infinity")) return negative ? -INFINITY : INFINITY;
  if (same(bare, "nan")) return std::numeric_limits<double>::quiet_NaN();
  double value = 0;
  const auto [end, error] = std::from_chars(bare.data(), bare.data() + bare.size(), value);
  if (error != std::errc{} || end != bare.data() + bare.size()) return std::nullopt;
  return negative ? -value : value;
}

/// One line: NAME{LABEL="value",…} VALUE [TIME]
class Line {
 public:
  explicit Line(std::string_view line) : rest_(line) {}

  std::optional<ExposedSample> sample(bool open_metrics) {
    ExposedSample sample;
    skip_blanks();
    const std::string_view name = take_name();
    if (!name.empty()) sample.labels.emplace_back("__name__", name);
    skip_blanks();
    if (take('{') && !labels(sample)) return std::nullopt;
    if (sample.labels.empty() || sample.labels.front().first != "__name__") return std::nullopt;
    const auto value = parse_value(take_word());
    if (!value) return std::nullopt;
    sample.value = *value;
    skip_blanks();
    if (open_metrics && rest_.starts_with('#')) return sample;  // an exemplar
    const std::string_view time = take_word();
    skip_blanks();
    if (!rest_.empty() && !(open_metrics && rest_.starts_with('#'))) return std::nullopt;
    if (!time.empty() && !read_time(time, open_metrics, sample)) return std::nullopt;
    return sample;
  }

 private:
  void skip_blanks() {
    while (!rest_.empty() && is_blank(rest_.front())) rest_.remove_prefix(1);
  }
  bool take(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view take_name() {
    if (rest_.empty() || !begins_name(rest_.front())) return {};
    std::size_t size = 1;
    while (size < rest_.size() && continues_name(rest_[size])) ++size;
    const std::string_view name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }
  std::string_view take_word() {
    skip_blanks();
    std::size_t size = 0;
    while (size < rest_.size() && !is_blank(rest_[size])) ++size;
    const std::string_view word = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return word;
  }

  std::optional<std::string> quoted() {
    if (!take('"')) return std::nullopt;
    std::string text;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        return text;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) {
        ++i;
        text += rest_[i] == 'n' ? '\n' : rest_[i];
        continue;
      }
      text += rest_[i];
    }
    return std::nullopt;
  }

  bool labels(ExposedSample& sample) {
    while (!take('}')) {
      skip_blanks();
      if (rest_.starts_with('"')) {
        // {"a.name", label="…"}: names of any characters stand in quotes
        auto name = quoted();
        if (!name) return false;
        if (take('=')) {
          auto value = quoted();
          if (!value) return false;
          sample.labels.emplace_back(std::move(*name), std::move(*value));
        } else {
          sample.labels.emplace(sample.labels.begin(), "__name__", std::move(*name));
        }
      } else {
        const std::string_view name = take_name();
        if (name.empty() || !take('=')) return false;
        auto value = quoted();
        if (!value) return false;
        sample.labels.emplace_back(name, std::move(*value));
      }
      if (!take(',') && !rest_.starts_with('}')) return false;
    }
    return true;
  }

  static bool read_time(std::string_view text, bool open_metrics, ExposedSample& sample) {
    const auto number = parse_value(text);
    const double ms = number ? *number * (open_metrics ? 1000 : 1) : NAN;
    if (!(std::fabs(ms) < 9e15)) return false;
    sample.time = instant_from_ms(std::clamp<std::int64_t>(std::llround(ms), -9'000'000'000'000, 9'000'000'000'000));
    return true;
  }

  std::string_view rest_;
};

}  // namespace

Result<std::vector<ExposedSample>> parse_exposition(std::string_view text, bool open_metrics) {
  std::vector<ExposedSample> samples;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    ++number;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (open_metrics && line == "# EOF") return samples;
    if (line.find_first_not_of(" \t") == std::string_view::npos || line.starts_with('#')) continue;
    auto sample = Line(line).sample(open_metrics);
    if (!sample) return fail(ErrorKind::invalid, "line " + std::to_string(number) + " is no sample");
    samples.push_back(std::move(*sample));
  }
  if (open_metrics) return fail(ErrorKind::invalid, "the text does not end with # EOF");
  return samples;
}

}  // namespace tocsin::telemetry
