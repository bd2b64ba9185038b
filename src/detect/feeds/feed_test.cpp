// What status pages say, read.
#include "detect/feeds/feed.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/text_time.h"

namespace tocsin::detect {
namespace {

TEST(Feed, IsToldByItsParameter) {
  const auto spec = read_feed("cdn", *parse_json(R"({"url":"https://status.example.com/","every":"30s","entities":["shop"]})"));
  ASSERT_TRUE(spec) << spec.error().message;
  EXPECT_EQ(spec->service, "cdn");
  EXPECT_EQ(spec->documents(), (std::vector<std::string>{"https://status.example.com/api/v2/incidents.json",
                                                         "https://status.example.com/api/v2/scheduled-maintenances.json"}));
  EXPECT_EQ(read_feed("cdn", *parse_json(R"({"url":"https://status.example.com/history.rss"})"))->kind, FeedKind::syndication);
  EXPECT_EQ(read_feed("cdn", *parse_json(R"({"url":"ftp://x"})")).error().message, "url is a URL of http or https");
  EXPECT_EQ(read_feed("cdn", *parse_json(R"({"url":"http://x","colour":1})")).error().message, "colour is no member of a feed");
  EXPECT_FALSE(read_feed("cdn", *parse_json(R"({"url":"http://x","every":"1s"})")));
  EXPECT_FALSE(read_feed("a/b", *parse_json(R"({"url":"http://x"})")));
}

TEST(Feed, IncidentsOfStatuspage) {
  const auto entries = read_statuspage(R"({"page":{"id":"p"},"incidents":[{"id":"i1","name":"Uploads fail","status":"identified",
    "impact":"major","created_at":"2026-03-28T11:00:00.123Z","started_at":"2026-03-28T10:55:00.000Z","updated_at":"2026-03-28T11:20:00Z",
    "resolved_at":null,"shortlink":"https://stspg.io/1","incident_updates":[
      {"status":"identified","body":"A cause was <b>found</b> &amp; a fix is on its way.","display_at":"2026-03-28T11:20:00Z"},
      {"status":"investigating","body":"We look.","display_at":"2026-03-28T11:00:00Z"}],
    "components":[{"name":"API","status":"partial_outage"},{"name":"Web","status":"operational"}]}]})");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 1u);
  const FeedEntry& entry = entries->front();
  EXPECT_EQ(entry.text, "A cause was found & a fix is on its way.");
  EXPECT_EQ(entry.starts_at, parse_rfc3339("2026-03-28T10:55:00Z"));
  EXPECT_FALSE(entry.is_over || entry.is_maintenance || entry.ends_at);
  EXPECT_TRUE(entry.components[0].is_impaired && !entry.components[1].is_impaired);
  EXPECT_FALSE(read_statuspage("<html>"));
  EXPECT_FALSE(read_statuspage(R"({"components":[]})"));
}

constexpr const char* rss = R"(<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Status</title><link>https://s.example</link>
<item><title>Uploads fail</title><guid>https://s.example/1</guid><link>https://s.example/1</link><category>API</category>
<pubDate>Sat, 28 Mar 2026 11:20:00 +0100</pubDate>
<description>&lt;p&gt;&lt;small&gt;Mar 28&lt;/small&gt;&lt;br&gt;&lt;strong&gt;Identified&lt;/strong&gt; - A fix is on its way.&lt;/p&gt;</description></item>
<item><title>Old trouble</title><guid>2</guid><pubDate>Sat, 28 Mar 2026 09:00:00 PDT</pubDate>
<content:encoded><![CDATA[<p><strong>Resolved</strong> - It works again.</p><p><strong>Investigating</strong> - We look.</p>]]></content:encoded></item>
<item><title>Service is operating normally: [RESOLVED] Errors</title><guid>3</guid><pubDate>Sat, 8 Mar 2026 09:00:00 GMT</pubDate></item>
</channel></rss>)";

TEST(Feed, ItemsOfRss) {
  const auto entries = read_syndication(rss);
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 3u);
  EXPECT_EQ((*entries)[0].id, "https://s.example/1");
  EXPECT_EQ((*entries)[0].text, "Mar 28\nIdentified - A fix is on its way.");
  EXPECT_EQ((*entries)[0].updated_at, parse_rfc3339("2026-03-28T10:20:00Z"));
  EXPECT_EQ((*entries)[0].components[0].name, "API");
  EXPECT_FALSE((*entries)[0].is_over);
  EXPECT_TRUE((*entries)[1].is_over);
  EXPECT_EQ((*entries)[1].updated_at, parse_rfc3339("2026-03-28T16:00:00Z"));
  EXPECT_TRUE((*entries)[2].is_over);
  EXPECT_EQ((*entries)[2].updated_at, parse_rfc3339("2026-03-08T09:00:00Z"));
}

TEST(Feed, EntriesOfAtom) {
  const auto entries = read_syndication(R"(<feed xmlns="http://www.w3.org/2005/Atom"><title>S</title>
    <entry><id>tag:1</id><title>RESOLVED: Incident 7</title><link rel="self" href="/x"/><link href="https://s.example/7"/>
    <updated>2026-03-28T12:00:00+00:00</updated><published>2026-03-28T10:00:00Z</published><content type="html">All &lt;i&gt;well&lt;/i&gt;</content></entry></feed>)");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 1u);
  EXPECT_EQ((*entries)[0].link, "https://s.example/7");
  EXPECT_EQ((*entries)[0].text, "All well");
  EXPECT_TRUE((*entries)[0].is_over);
}

TEST(Feed, WhatIsNoFeedIsRefused) {
  EXPECT_EQ(read_syndication("<html><body/></html>").error().message, "the answer is neither RSS nor Atom");
  EXPECT_NE(read_syndication("<rss><channel>").error().message.find("no XML"), std::string::npos);
  EXPECT_EQ(read_syndication(R"(<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]><rss>&b;</rss>)").error().message,
            "the answer declares entities");
  std::string deep = "<rss>";
  for (int n = 0; n < 1000; ++n) deep += "<a>";
  EXPECT_EQ(read_syndication(deep).error().message, "the answer is nested too deep");
}

}  // namespace
}  // namespace tocsin::detect
