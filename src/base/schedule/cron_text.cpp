#include "base/schedule/cron_text.h"

#include <array>
#include <charconv>
#include <span>

namespace tocsin {
namespace {

constexpr std::string_view month_names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::string_view weekday_names[] = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
constexpr int first_year = 1970, last_year = 2199;

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  while (true) {
    const std::size_t end = text.find(separator);
    out.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return out;
    text.remove_prefix(end + 1);
  }
}

std::vector<std::string_view> words(std::string_view text) {
  std::vector<std::string_view> out;
  for (const std::string_view word : split(text, ' '))
    if (!word.empty()) out.push_back(word);
  return out;
}

bool same_letters(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t n = 0; n < a.size(); ++n)
    if ((a[n] >= 'a' && a[n] <= 'z' ? a[n] - 32 : a[n]) != b[n]) return false;
  return true;
}

std::optional<int> whole(std::string_view text) {
  int number = 0;
  if (text.empty() || text.size() > 4) return std::nullopt;
  for (const char c : text)
    if (c < '0' || c > '9') return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

/// One field's numbers: bounds, and names for some of them.
struct Field {
  int min, max;
  std::span<const std::string_view> names{};
  int first_named = 0;
  bool wraps = false;  ///< FRI-MON

  std::optional<int> value(std::string_view text) const {
    for (std::size_t n = 0; n < names.size(); ++n)
      if (same_letters(text, names[n])) return static_cast<int>(n) + first_named;
    const auto number = whole(text);
    return number && *number >= min && *number <= max ? number : std::nullopt;
  }

  /// `*`, `a`, `a-b`, each with `/step`; false when it is none of these.
  bool add(std::string_view part, std::vector<int>& out) const {
    const std::size_t slash = part.find('/');
    int step = 1;
    if (slash != std::string_view::npos) {
      const auto parsed = whole(part.substr(slash + 1));
      if (!parsed || *parsed < 1 || *parsed > max - min + 1) return false;
      step = *parsed;
    }
    const std::string_view range = part.substr(0, slash);
    const std::size_t dash = range.find('-');
    std::optional<int> from, to;
    if (range == "*")
      from = min, to = max;
    else if (dash != std::string_view::npos)
      from = value(range.substr(0, dash)), to = value(range.substr(dash + 1));
    else
      from = value(range), to = slash == std::string_view::npos ? from : std::optional(max);
    if (!from || !to || (*from > *to && !wraps)) return false;
    const int end = *from > *to ? *to + (max - min + 1) : *to;
    for (int n = *from; n <= end; n += step) out.push_back(n > max ? n - (max - min + 1) : n);
    return true;
  }
};

std::unexpected<Error> bad(std::string_view field, std::string_view text) {
  return fail(ErrorKind::invalid, "The " + std::string(field) + " field of the cron expression is not valid: " + std::string(text));
}

template <std::size_t Size>
bool read_list(const Field& field, std::string_view text, std::bitset<Size>& out, int offset = 0) {
  for (const std::string_view part : split(text, ',')) {
    std::vector<int> numbers;
    if (!field.add(part, numbers)) return false;
    for (const int number : numbers) out.set(static_cast<std::size_t>(number - offset));
  }
  return true;
}

bool read_days(std::string_view text, CronDays& out) {
  const Field field{1, 31};
  if (text == "*" || text == "?") return out.any = true;
  for (const std::string_view part : split(text, ',')) {
    if (part == "L")
      out.last_day = true;
    else if (part == "LW" || part == "WL")
      out.last_weekday = true;
    else if (part.starts_with("L-")) {
      const auto before = whole(part.substr(2));
      if (!before || *before > 30) return false;
      out.days_before_last.push_back(*before);
    } else if (part.ends_with("W")) {
      const auto day = field.value(part.substr(0, part.size() - 1));
      if (!day) return false;
      out.nearest_weekdays.push_back(*day);
    } else if (!read_list(field, part, out.days)) {
      return false;
    }
  }
  return true;
}

/// `first` is the number of Sunday.
bool read_weekdays(std::string_view text, const Field& field, int first, CronWeekdays& out) {
  if (text == "*" || text == "?") return out.any = true;
  const auto to_index = [&](int number) { return (number - first + 7) % 7; };
  for (const std::string_view part : split(text, ',')) {
    const std::size_t hash = part.find('#');
    if (part == "L") {
      out.weekdays.set(6);
    } else if (hash != std::string_view::npos) {
      const auto weekday = field.value(part.substr(0, hash)), which = whole(part.substr(hash + 1));
      if (!weekday || !which || *which < 1 || *which > 5) return false;
      out.occurrence.emplace_back(to_index(*weekday), *which);
    } else if (part.size() > 1 && part.ends_with("L")) {
      const auto weekday = field.value(part.substr(0, part.size() - 1));
      if (!weekday) return false;
      out.last.push_back(to_index(*weekday));
    } else {
      std::vector<int> numbers;
      if (!field.add(part, numbers)) return false;
      for (const int number : numbers) out.weekdays.set(static_cast<std::size_t>(to_index(number)));
    }
  }
  return true;
}

Result<void> read_times(const std::vector<std::string_view>& fields, Cron& cron) {
  if (!read_list({0, 59}, fields[0], cron.minutes)) return bad("minutes", fields[0]);
  if (!read_list({0, 23}, fields[1], cron.hours)) return bad("hours", fields[1]);
  if (!read_days(fields[2], cron.days)) return bad("day-of-month", fields[2]);
  if (!read_list({1, 12, month_names, 1, true}, fields[3], cron.months)) return bad("month", fields[3]);
  return {};
}

}  // namespace

Result<Cron> parse_six_fields(std::string_view text) {
  const auto fields = words(text);
  if (fields.size() != 6) return fail(ErrorKind::invalid, "A cron expression has six fields.");
  Cron cron;
  if (const auto read = read_times(fields, cron); !read) return std::unexpected(read.error());
  if (!read_weekdays(fields[4], {1, 7, weekday_names, 1, true}, 1, cron.weekdays)) return bad("day-of-week", fields[4]);
  if (!read_list({first_year, last_year}, fields[5], cron.years, first_year)) return bad("year", fields[5]);
  if ((fields[2] == "?") == (fields[4] == "?"))
    return fail(ErrorKind::invalid, "One of the day-of-month and day-of-week fields must be a question mark, and only one.");
  return cron;
}

Result<Cron> parse_five_fields(std::string_view text) {
  const auto fields = words(text);
  if (fields.size() != 5) return fail(ErrorKind::invalid, "A cron expression has five fields.");
  Cron cron;
  if (const auto read = read_times(fields, cron); !read) return std::unexpected(read.error());
  if (!read_weekdays(fields[4], {0, 7, weekday_names, 0}, 0, cron.weekdays)) return bad("day-of-week", fields[4]);
  cron.years.set();
  cron.either_day = true;
  return cron;
}

}  // namespace tocsin
