// A status page that is read, as the parameter /tocsin/feeds/NAME says, and what stands on it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/document.h"
#include "base/result.h"

namespace tocsin::detect {

enum class FeedKind { statuspage, syndication };

struct FeedSpec {
  std::string name;
  FeedKind kind = FeedKind::statuspage;
  std::string url;  ///< of the page (statuspage), or of the RSS or Atom document
  Duration every = std::chrono::seconds(60);
  Duration timeout = std::chrono::seconds(10);
  std::string service;                  ///< whose health it tells; the feed's name when it is not said
  std::vector<std::string> components;  ///< only what concerns one of these; empty: all
  std::vector<std::string> entities;    ///< of one's own, that are affected whenever something is

  /// The documents of one reading, in order.
  std::vector<std::string> documents() const;
};

struct FeedEntry {
  std::string id;  ///< of the page's own
  bool is_maintenance = false;
  bool is_over = false;
  std::string title;
  std::string text;  ///< plain text, of the latest update
  std::string link;
  std::optional<Instant> starts_at, ends_at, updated_at;
  struct Component {
    std::string name;
    bool is_impaired = true;
  };
  std::vector<Component> components;
};

/// {"type": "statuspage" | "rss" | "atom", "url" (wanted), "every": "60s", "timeout": "10s", "service", "components": […], "entities":
/// […]}. Without a type it is told by the URL. `invalid` says what is wrong.
Result<FeedSpec> read_feed(const std::string& name, const Document& document);

/// Whether an entry concerns what the feed asks for.
bool concerns(const FeedSpec& spec, const FeedEntry& entry);

/// One of Statuspage's documents: incidents.json or scheduled-maintenances.json. https://metastatuspage.com/api
Result<std::vector<FeedEntry>> read_statuspage(std::string_view json);
/// RSS 0.9x, 1.0 and 2.0, and Atom (RFC 4287).
Result<std::vector<FeedEntry>> read_syndication(std::string_view xml);

/// HTML as plain text: no tags, a line for each paragraph.
std::string plain_text(std::string_view html);

}  // namespace tocsin::detect
