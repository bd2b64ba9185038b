#include "telemetry/prometheus/scrape_target.h"

#include <charconv>
#include <optional>

namespace tocsin::telemetry {
namespace {

std::string host_and_port(const std::string& url) {
  const auto begin = url.find("://") + 3;
  std::string host = url.substr(begin, url.find_first_of("/?", begin) - begin);
  const auto user = host.rfind('@');
  if (user != std::string::npos) host.erase(0, user + 1);
  return host;
}

std::optional<Duration> parse_seconds(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const std::string_view unit(end, static_cast<std::size_t>(text.data() + text.size() - end));
  if (error != std::errc{} || number < 1 || number > 86'400) return std::nullopt;
  if (unit == "s") return std::chrono::seconds(number);
  return unit == "m" ? std::optional<Duration>(std::chrono::minutes(number)) : std::nullopt;
}

}  // namespace

std::string instance_of(const ScrapeTarget& target) { return host_and_port(target.url); }

Result<ScrapeTarget> parse_scrape_target(std::string_view text) {
  ScrapeTarget target;
  std::string_view url = text.substr(0, text.find(';'));
  std::string_view options = text.substr(url.size());
  if (!url.starts_with("http://") && !url.starts_with("https://")) return fail(ErrorKind::invalid, "it must be a URL of http or https");
  target.url = url;
  if (target.url.find('/', target.url.find("://") + 3) == std::string::npos) target.url += "/metrics";
  const std::string instance = instance_of(target);
  if (instance.empty()) return fail(ErrorKind::invalid, "the URL has no host");
  target.job = instance.substr(0, instance.rfind(':'));
  while (!options.empty()) {
    options.remove_prefix(1);
    const std::string_view option = options.substr(0, options.find(';'));
    options.remove_prefix(option.size());
    const auto seconds = option.starts_with("every=") ? parse_seconds(option.substr(6)) : std::nullopt;
    if (option.starts_with("job=") && option.size() > 4)
      target.job = option.substr(4);
    else if (seconds)
      target.every = *seconds;
    else
      return fail(ErrorKind::invalid, "'" + std::string(option) + "' is neither job=NAME nor every=15s");
  }
  return target;
}

}  // namespace tocsin::telemetry
