#include "server/commands/series_csv.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <vector>

#include "base/letters.h"
#include "base/text_time.h"

namespace tocsin::server {
namespace {

constexpr std::string_view white = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  const std::size_t from = text.find_first_not_of(white);
  if (from == std::string_view::npos) return {};
  return text.substr(from, text.find_last_not_of(white) - from + 1);
}

std::vector<std::string_view> fields_of(std::string_view line) {
  if (line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  std::vector<std::string_view> fields;
  for (;;) {
    line = line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
    const bool quoted = line.starts_with('"');
    const std::size_t close = quoted ? line.find('"', 1) : std::string_view::npos;
    const std::size_t end = line.find(',', close == std::string_view::npos ? 0 : close);
    std::string_view field = trimmed(line.substr(0, end));
    if (close != std::string_view::npos) field = trimmed(line.substr(1, close - 1));
    fields.push_back(field);
    if (end == std::string_view::npos) return fields;
    line.remove_prefix(end + 1);
  }
}

std::optional<double> parse_number(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // what is too large for a double is an infinity, what is too small a zero
  if (error == std::errc::result_out_of_range && end == text.data() + text.size()) return text.find("e-") != text.npos ? 0.0 : HUGE_VAL;
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

bool means_gap(std::string_view text) {
  const std::string word = lower_case(text);
  return word.empty() || word == "nan" || word == "null" || word == "na" || word == "n/a" || word == "none" || word == "-";
}

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::optional<Instant> parse_epoch(std::string_view text) {
  const auto value = parse_number(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  const double size = std::fabs(*value);
  const double ns_each = size < 1e11 ? 1e9 : size < 1e14 ? 1e6 : size < 1e17 ? 1e3 : 1;
  if (size * ns_each > 9.2e18) return std::nullopt;
  std::int64_t whole = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
  // integers stay exact
  if (error == std::errc{} && end == text.data() + text.size()) return instant_from_ns(whole * static_cast<std::int64_t>(ns_each));
  return instant_from_ns(std::llround(*value * ns_each));
}

std::optional<Instant> parse_calendar(std::string_view text) {
  if (text.size() == 8 && all_digits(text)) {
    const std::string day(text);
    return parse_rfc3339(day.substr(0, 4) + "-" + day.substr(4, 2) + "-" + day.substr(6));
  }
  std::string iso(text);
  std::replace(iso.begin(), iso.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(iso.size(), 10)), '/', '-');
  std::replace(iso.begin(), iso.end(), ',', '.');
  if (iso.ends_with(" UTC") || iso.ends_with(" GMT")) iso.replace(iso.size() - 4, 4, "Z");
  if (iso.size() > 11)  // an offset may stand apart
    if (const std::size_t space = iso.find(' ', 11); space != std::string::npos) iso.erase(space, 1);
  if (const auto at = parse_rfc3339(iso)) return at;
  return parse_amz_date(text);
}

}  // namespace

std::optional<Instant> parse_series_time(std::string_view text) {
  text = trimmed(text);
  if (const auto at = parse_calendar(text)) return at;
  return parse_epoch(text);
}

bool is_blank(std::string_view line) { return trimmed(line).empty(); }

Result<bool> SeriesColumns::read_header(std::string_view line) {
  const auto fields = fields_of(line);
  if (fields.size() >= 2 && parse_series_time(fields[0])) return false;
  const auto column = [&](std::initializer_list<std::string_view> names) {
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (std::find(names.begin(), names.end(), lower_case(fields[i])) != names.end()) return i;
    return fields.size();
  };
  time_ = column({"timestamp", "time", "date", "datetime"});
  value_ = column({"value"});
  if (time_ == fields.size() || value_ == fields.size())
    return fail(ErrorKind::invalid, "the first line must name the columns: timestamp,value");
  return true;
}

Result<SeriesRow> SeriesColumns::read(std::string_view line) const {
  const auto fields = fields_of(line);
  if (fields.size() <= std::max(time_, value_)) return fail(ErrorKind::invalid, "a line needs a timestamp and a value");
  SeriesRow row{fields[time_], fields[value_], {}, {}};
  const auto time = parse_series_time(row.time_text);
  if (!time) return fail(ErrorKind::invalid, "'" + std::string(row.time_text) + "' is no timestamp");
  row.time = *time;
  if (means_gap(row.value_text)) return row;
  const auto value = parse_number(row.value_text);
  if (!value) return fail(ErrorKind::invalid, "'" + std::string(row.value_text) + "' is no number");
  if (std::isfinite(*value)) row.value = value;
  return row;
}

}  // namespace tocsin::server
