#include "base/text_time.h"

#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace tocsin {
namespace {

using namespace std::chrono;

struct Civil {
  int year;
  unsigned month, day;
  int hour, minute, second;
  int ms;
  unsigned weekday;
};

Civil civil_of(Instant at) {
  const auto midnight = floor<days>(at);
  const year_month_day date{midnight};
  const hh_mm_ss time{floor<milliseconds>(at - midnight)};
  return {static_cast<int>(date.year()),
          static_cast<unsigned>(date.month()),
          static_cast<unsigned>(date.day()),
          static_cast<int>(time.hours().count()),
          static_cast<int>(time.minutes().count()),
          static_cast<int>(time.seconds().count()),
          static_cast<int>(time.subseconds().count()),
          weekday{midnight}.c_encoding()};
}

constexpr std::array<std::string_view, 12> month_names = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array<std::string_view, 7> day_names = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// Takes digits from the front of `text`; what is wrong is remembered, so that a parse is a straight line.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  int digits(std::size_t count) {
    int value = 0;
    for (std::size_t i = 0; i < count; ++i) {
      if (text_.empty() || text_.front() < '0' || text_.front() > '9') return bad();
      value = value * 10 + (text_.front() - '0');
      text_.remove_prefix(1);
    }
    return value;
  }

  bool take(char c) {
    if (text_.empty() || text_.front() != c) return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    if (!take(c)) bad();
  }

  std::int64_t fraction_ns() {
    std::int64_t value = 0;
    std::size_t count = 0;
    for (; !text_.empty() && text_.front() >= '0' && text_.front() <= '9'; ++count, text_.remove_prefix(1)) {
      if (count < 9) value = value * 10 + (text_.front() - '0');
    }
    if (count == 0) bad();
    for (; count < 9; ++count) value *= 10;
    return value;
  }

  template <std::size_t N>
  int word(const std::array<std::string_view, N>& words) {
    for (std::size_t i = 0; i < N; ++i) {
      if (!text_.starts_with(words[i])) continue;
      text_.remove_prefix(words[i].size());
      return static_cast<int>(i);
    }
    return bad();
  }

  int bad() {
    good_ = false;
    return 0;
  }
  bool at_end() const { return text_.empty(); }
  bool done() const { return good_ && text_.empty(); }

 private:
  std::string_view text_;
  bool good_ = true;
};

std::optional<Instant> assemble(int y, int mo, int d, int h, int mi, int s, std::int64_t ns) {
  const year_month_day date{year{y}, month{static_cast<unsigned>(mo)}, day{static_cast<unsigned>(d)}};
  if (!date.ok() || h > 23 || mi > 59 || s > 60 || y < 1700 || y > 2250) return std::nullopt;
  return Instant{sys_days{date}} + hours{h} + minutes{mi} + seconds{s} + nanoseconds{ns};
}

minutes read_offset(Reader& reader) {
  if (reader.at_end() || reader.take('Z') || reader.take('z')) return minutes{0};
  const bool west = reader.take('-');
  if (!west) reader.expect('+');
  const int hour = reader.digits(2);
  reader.take(':');
  const minutes span{hour * 60 + (reader.at_end() ? 0 : reader.digits(2))};
  return west ? -span : span;
}

}  // namespace

std::string to_rfc3339(Instant at) {
  const Civil c = civil_of(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::string to_rfc3339_ms(Instant at) {
  const Civil c = civil_of(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms);
}

std::string to_iso_offset_ms(Instant at) {
  const Civil c = civil_of(at);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}+0000", c.year, c.month, c.day, c.hour, c.minute, c.second, c.ms);
}

std::string to_http_date(Instant at) {
  const Civil c = civil_of(at);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", day_names[c.weekday], c.day, month_names[c.month - 1], c.year, c.hour, c.minute,
                     c.second);
}

std::string to_amz_date(Instant at) {
  const Civil c = civil_of(at);
  return fmt::format("{:04}{:02}{:02}T{:02}{:02}{:02}Z", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  Reader reader(text);
  const int y = reader.digits(4);
  reader.expect('-');
  const int mo = reader.digits(2);
  reader.expect('-');
  const int d = reader.digits(2);
  if (reader.done()) return assemble(y, mo, d, 0, 0, 0, 0);
  if (!reader.take('T') && !reader.take('t')) reader.expect(' ');
  const int h = reader.digits(2);
  reader.expect(':');
  const int mi = reader.digits(2);
  const int s = reader.take(':') ? reader.digits(2) : 0;
  const std::int64_t ns = reader.take('.') ? reader.fraction_ns() : 0;
  const minutes offset = read_offset(reader);
  if (!reader.done()) return std::nullopt;
  const auto local = assemble(y, mo, d, h, mi, s, ns);
  return local ? std::optional(*local - offset) : std::nullopt;
}

std::optional<Instant> parse_http_date(std::string_view text) {
  Reader reader(text);
  reader.word(day_names);
  reader.expect(',');
  reader.expect(' ');
  const int d = reader.digits(2);
  reader.expect(' ');
  const int mo = reader.word(month_names) + 1;
  reader.expect(' ');
  const int y = reader.digits(4);
  reader.expect(' ');
  const int h = reader.digits(2);
  reader.expect(':');
  const int mi = reader.digits(2);
  reader.expect(':');
  const int s = reader.digits(2);
  for (const char c : std::string_view(" GMT")) reader.expect(c);
  return reader.done() ? assemble(y, mo, d, h, mi, s, 0) : std::nullopt;
}

std::optional<Instant> parse_amz_date(std::string_view text) {
  Reader reader(text);
  const int y = reader.digits(4), mo = reader.digits(2), d = reader.digits(2);
  reader.expect('T');
  const int h = reader.digits(2), mi = reader.digits(2), s = reader.digits(2);
  reader.expect('Z');
  return reader.done() ? assemble(y, mo, d, h, mi, s, 0) : std::nullopt;
}

std::string to_words(Duration span) {
  const auto total = duration_cast<seconds>(span).count();
  const auto d = total / 86400, h = total / 3600 % 24, mi = total / 60 % 60, s = total % 60;
  if (d > 0) return h > 0 ? fmt::format("{} d {} h", d, h) : fmt::format("{} d", d);
  if (h > 0) return mi > 0 ? fmt::format("{} h {} min", h, mi) : fmt::format("{} h", h);
  if (mi > 0) return s > 0 ? fmt::format("{} min {} s", mi, s) : fmt::format("{} min", mi);
  return fmt::format("{} s", s);
}

}  // namespace tocsin
