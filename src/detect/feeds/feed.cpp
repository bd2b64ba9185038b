#include "detect/feeds/feed.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/letters.h"
#include "base/text_time.h"
#include "detect/reports/heartbeats.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view members[] = {"type", "url", "every", "timeout", "service", "components", "entities"};
constexpr std::size_t names_max = 100;

std::unexpected<Error> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

Result<void> read_span(const Document& document, const char* member, Duration min, Duration max, Duration& out) {
  const auto text = text_at(document, member);
  if (!text) return {};
  const auto span = parse_span(*text);
  if (!span || *span < min || *span > max)
    return bad(fmt::format("{} is a span such as 60s or 5m, from {} to {}", member, to_words(min), to_words(max)));
  out = *span;
  return {};
}

Result<void> read_names(const Document& document, const char* member, std::vector<std::string>& out) {
  if (!find(document, member)) return {};
  for (const Document& name : array_at(document, member)) {
    if (!name.is_string() || name.get_string().empty() || name.get_string().size() > 256) return bad(fmt::format("{} holds names", member));
    out.emplace_back(name.get_string());
  }
  return out.size() <= names_max ? Result<void>() : bad(fmt::format("{} holds more than {} names", member, names_max));
}

bool is_syndication(const std::string& url) {
  const std::string path = lower_case(url.substr(0, url.find_first_of("?#")));
  return path.ends_with(".rss") || path.ends_with(".atom") || path.ends_with(".xml") || path.ends_with("/rss") || path.ends_with("/atom") ||
         path.ends_with("/feed") || path.ends_with("/feed/");
}

}  // namespace

Result<FeedSpec> read_feed(const std::string& name, const Document& document) {
  if (!document.is_object()) return bad("a JSON object is wanted");
  if (!is_heartbeat_name(name)) return bad("the name of a feed is of letters, digits and . _ -");
  for (const auto& [member, value] : document.get_object())
    if (std::ranges::find(members, std::string_view(member)) == std::end(members))
      return bad(fmt::format("{} is no member of a feed", std::string(member)));
  FeedSpec spec{.name = name, .url = text_or(document, "url"), .service = text_or(document, "service", name)};
  if (!(spec.url.starts_with("http://") || spec.url.starts_with("https://")) || spec.url.size() > 2048 ||
      spec.url.find_first_of(" \r\n\t") != std::string::npos)
    return bad("url is a URL of http or https");
  const std::string type = text_or(document, "type", is_syndication(spec.url) ? "rss" : "statuspage");
  if (type != "statuspage" && type != "rss" && type != "atom") return bad("type is one of statuspage, rss, atom");
  spec.kind = type == "statuspage" ? FeedKind::statuspage : FeedKind::syndication;
  Result<void> read = read_span(document, "every", 10s, 24h, spec.every);
  if (read) read = read_span(document, "timeout", 1s, 60s, spec.timeout);
  if (read) read = read_names(document, "components", spec.components);
  if (read) read = read_names(document, "entities", spec.entities);
  if (!read) return std::unexpected(read.error());
  return spec;
}

std::vector<std::string> FeedSpec::documents() const {
  if (kind == FeedKind::syndication) return {url};
  std::string page = url.substr(0, url.find("/api/v2"));
  while (page.ends_with('/')) page.pop_back();
  return {page + "/api/v2/incidents.json", page + "/api/v2/scheduled-maintenances.json"};
}

bool concerns(const FeedSpec& spec, const FeedEntry& entry) {
  if (spec.components.empty()) return true;
  const std::string words = lower_case(entry.title + "\n" + entry.text);
  for (const std::string& wanted : spec.components) {
    const std::string name = lower_case(wanted);
    for (const FeedEntry::Component& component : entry.components)
      if (lower_case(component.name) == name) return true;
    if (spec.kind == FeedKind::syndication && words.find(name) != std::string::npos) return true;
  }
  return false;
}

}  // namespace tocsin::detect
