#include "telemetry/logs/transformers/grok.h"

#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <map>

#include "telemetry/logs/transformers/date_pattern.h"

namespace tocsin::telemetry::transformers {
namespace {

constexpr int patterns_max = 20;
std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, "Invalid grok pattern: " + std::move(words)); }
bool is_common_log(std::string_view name) { return name == "APACHE_ACCESS_LOG" || name == "NGINX_ACCESS_LOG" || name == "SYSLOG5424"; }
bool is_data(std::string_view name) { return name == "DATA" || name == "GREEDYDATA" || name == "GREEDYDATA_MULTILINE"; }

std::string http_date_as_iso(const std::string& text) {
  const auto converter = DateConverter::make({.match_patterns = {"dd/MMM/yyyy:HH:mm:ss Z"}, .target_format = "yyyy-MM-dd'T'HH:mm:ss'Z'"});
  return converter ? converter->convert(text).value_or(text) : text;
}

}  // namespace

class GrokReader {
 public:
  Result<Grok> read(std::string_view match) {
    std::string regex;
    if (auto done = expand(match, true, regex, 0); !done) return std::unexpected(done.error());
    re2::RE2::Options options;
    options.set_log_errors(false);
    auto compiled = std::make_shared<const re2::RE2>(regex, options);
    if (!compiled->ok()) return invalid(compiled->error());
    grok_.regex_ = std::move(compiled);
    return std::move(grok_);
  }

 private:
  /// What stands outside %{…} is a text at the top and a regular expression in a predefined pattern.
  Result<void> expand(std::string_view text, bool top, std::string& regex, int depth) {
    while (!text.empty()) {
      const std::size_t at = std::min(text.find("%{"), text.size());
      regex += top ? re2::RE2::QuoteMeta({text.data(), at}) : std::string(text.substr(0, at));
      if (at == text.size()) break;
      const std::size_t end = text.find('}', at);
      if (end == std::string_view::npos) return invalid("'}' is missing");
      if (auto done = reference(text.substr(at + 2, end - at - 2), top, regex, depth); !done) return done;
      text.remove_prefix(end + 1);
    }
    return {};
  }

  Result<void> reference(std::string_view inside, bool top, std::string& regex, int depth) {
    const std::size_t colon = inside.find(':');
    const std::string_view name = inside.substr(0, colon);
    const std::string_view field = colon == std::string_view::npos ? std::string_view() : inside.substr(colon + 1);
    const GrokPattern* pattern = grok_pattern(name);
    if (!pattern) return invalid("the pattern " + std::string(name) + " is not known");
    if (top)
      if (auto fits = check_place(*pattern, field); !fits) return fits;
    if (!field.empty()) {
      if (auto captured = capture(name, field); !captured) return captured;
    }
    regex += field.empty() ? "(?:" : "(";
    if (auto done = expand(pattern->regex, false, regex, depth + 1); !done) return done;
    regex += ')';
    return {};
  }

  Result<void> check_place(const GrokPattern& pattern, std::string_view field) {
    if (++patterns_ > patterns_max) return invalid("more than 20 patterns");
    if (field.find(':') != std::string_view::npos) return invalid("type conversions are not supported");
    if (++uses_[pattern.name] > pattern.uses_max) return invalid("too many uses of " + std::string(pattern.name));
    if (is_common_log(pattern.name) && patterns_ > 1) return invalid(std::string(pattern.name) + " must be the first pattern");
    if (after_common_log_ && (!is_data(pattern.name) || patterns_ > 2))
      return invalid("only one DATA, GREEDYDATA or GREEDYDATA_MULTILINE may follow a common log pattern");
    after_common_log_ = after_common_log_ || is_common_log(pattern.name);
    return {};
  }

  Result<void> capture(std::string_view pattern, std::string_view field) {
    const std::size_t bar = field.find('|');
    auto path = FieldPath::parse(field.substr(0, bar));
    if (!path) return std::unexpected(path.error());
    const std::string_view form = bar == std::string_view::npos ? std::string_view() : field.substr(bar + 1);
    grok_.captures_.push_back({std::move(*path),
                               form == "integer"           ? Grok::Form::integer
                               : form == "http_date"       ? Grok::Form::http_date
                               : form == "dash"            ? Grok::Form::dash_is_nothing
                               : pattern == "QUOTEDSTRING" ? Grok::Form::unquoted
                                                           : Grok::Form::text,
                               ++groups_});
    return {};
  }

  Grok grok_;
  int groups_ = 0, patterns_ = 0;
  bool after_common_log_ = false;
  std::map<std::string_view, int> uses_;
};

Result<Grok> Grok::compile(std::string_view match) { return GrokReader().read(match); }

bool Grok::match(const std::string& text, Object& event) const {
  std::vector<re2::StringPiece> parts(static_cast<std::size_t>(regex_->NumberOfCapturingGroups()) + 1);
  if (!regex_->Match(text, 0, text.size(), re2::RE2::ANCHOR_BOTH, parts.data(), static_cast<int>(parts.size()))) return false;
  for (const Capture& capture : captures_) {
    const re2::StringPiece& part = parts[static_cast<std::size_t>(capture.group)];
    if (!part.data()) continue;
    std::string value(part.data(), part.size());
    switch (capture.form) {
      case Form::dash_is_nothing:
        if (value == "-" || value.empty()) continue;
        break;
      case Form::unquoted:
        value = value.substr(1, value.size() - 2);
        break;
      case Form::http_date:
        value = http_date_as_iso(value);
        break;
      case Form::integer: {
        std::int64_t number = 0;
        std::from_chars(value.data(), value.data() + value.size(), number);
        capture.path.set(event, number, true);
        continue;
      }
      case Form::text:
        break;
    }
    capture.path.set(event, Document(value), true);
  }
  return true;
}

}  // namespace tocsin::telemetry::transformers
