// Damaged pages: whatever is read is bounded and whole.
#include <gtest/gtest.h>

#include "detect/feeds/feed.h"
#include "fuzz/mutate.h"

namespace tocsin::detect {
namespace {

void expect_sound(const Result<std::vector<FeedEntry>>& entries) {
  if (!entries) {
    EXPECT_FALSE(entries.error().message.empty());
    return;
  }
  EXPECT_LE(entries->size(), 200u);
  for (const FeedEntry& entry : *entries) {
    EXPECT_FALSE(entry.id.empty());
    for (const auto& component : entry.components) EXPECT_FALSE(component.name.empty());
  }
}

TEST(FeedFuzz, DamagedXml) {
  const std::vector<std::string> seeds = {
      R"(<?xml version="1.0"?><rss version="2.0"><channel><item><title>A &amp; b</title><guid>1</guid><category>API</category><pubDate>Sat, 28 Mar 2026 11:20:00 +0100</pubDate><description>&lt;p&gt;&lt;strong&gt;Resolved&lt;/strong&gt; - x&lt;/p&gt;</description></item></channel></rss>)",
      R"(<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>t</id><title>x</title><link href="u"/><category term="c"/><updated>2026-03-28T12:00:00Z</updated><content type="html"><![CDATA[a]]></content></entry></feed>)"};
  fuzz::mutate(seeds, {"<item>", "</item>", "<!DOCTYPE a [<!ENTITY b \"c\">]>", "<![CDATA[", "]]>", "&#0;", "&b;", "\xff", "<category>"},
               20'000, [](std::string_view xml) { expect_sound(read_syndication(xml)); });
}

TEST(FeedFuzz, DamagedStatuspages) {
  const std::vector<std::string> seeds = {
      R"({"incidents":[{"id":"i","name":"n","status":"resolved","created_at":"2026-03-28T11:00:00Z","resolved_at":"2026-03-28T12:00:00Z","incident_updates":[{"body":"b","display_at":"2026-03-28T11:00:00Z"}],"components":[{"name":"API","status":"operational"}]}]})",
      R"({"scheduled_maintenances":[{"id":"m","name":"n","status":"scheduled","scheduled_for":"2026-03-28T11:00:00Z","scheduled_until":"2026-03-28T12:00:00Z"}]})"};
  fuzz::mutate(seeds, {"null", "[]", "{}", "\"id\"", "1e999", "\\u0000"}, 20'000,
               [](std::string_view json) { expect_sound(read_statuspage(json)); });
}

TEST(FeedFuzz, DamagedHtml) {
  fuzz::mutate({"<p>a &amp; b<br/>c &#x41; &nbsp;</p>"}, {"&#", ";", "<", ">", "&#1114112;", "\xf0"}, 20'000,
               [](std::string_view html) { EXPECT_LE(plain_text(html).size(), html.size()); });
}

}  // namespace
}  // namespace tocsin::detect
