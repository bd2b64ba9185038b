#include "communicate/oncall/page_message.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <fstream>

#include "base/text_time.h"
#include "communicate/oncall/acknowledge_page.h"

namespace tocsin::oncall {
namespace {

using testing::HasSubstr;
using testing::Not;

PageFacts checkout_fails() {
  incidents::Incident incident;
  incident.arn = "arn:aws:ssm-incidents::1:incident-record/shop/x";
  incident.title = "Checkout errors";
  incident.impact = 2;
  incident.settings["tocsin:component"] = "Checkout";
  incident.detected = *parse_rfc3339("2026-11-24T03:05:00Z");
  incident.trigger_raw =
      to_json(*parse_json(R"({"detail":{"alarmName":"checkout","state":{"value":"ALARM","reason":"Threshold Crossed: 2 datapoints",
    "reasonData":"{\"threshold\":5,\"evaluatedDatapoints\":[{\"timestamp\":\"2026-11-24T03:04:00.000+0000\",\"value\":18},{\"timestamp\":\"2026-11-24T03:04:10.000+0000\",\"value\":18.25},{\"timestamp\":\"2026-11-24T03:03:50.000+0000\",\"value\":0.2}]}"}}})"));
  incidents::Evidence change{.kind = "change", .title = "Change", .summary = "PutParameter /shop/payment/pool by ops"};
  change.happened = *parse_rfc3339("2026-11-24T03:01:00Z");
  return page_facts(incident, {change}, {});
}

const PageAddress second{.contact_name = "bob",
                         .why_you = "You are second in primary. alice did not acknowledge in 5 min (mail delivered 03:05 UTC).",
                         .next = "manager, 03:15 UTC",
                         .ack_url = "https://s.example/a/TOKEN",
                         .page_arn = "arn:page",
                         .code = "482113"};

TEST(PageMail, SaysWhatSinceImpactWhyYouAndWhoIsNext) {
  const PageMail mail = page_mail(checkout_fails(), second);
  EXPECT_EQ(mail.subject, "[SEV2] Checkout errors: 18.25 (threshold 5, normal 0.2) since 03:04 UTC");
  for (const char* part : {"High: a part fails for many customers", "Checkout", "You are second",
                           "PutParameter /shop/payment/pool by ops (2026-11-24T03:01:00Z)", "manager, 03:15 UTC",
                           "https://s.example/a/TOKEN", "--accept-code 482113"}) {
    EXPECT_THAT(mail.text, HasSubstr(part));
    EXPECT_THAT(mail.html, HasSubstr(part));
  }
}

TEST(PageMail, ASubjectIsOneLineAndHtmlIsEscaped) {
  PageFacts facts = checkout_fails();
  facts.what = "x\r\nBcc: all@example.org <script>alert(1)</script>";
  const PageMail mail = page_mail(facts, second);
  EXPECT_THAT(mail.subject, Not(HasSubstr("\n")));
  EXPECT_THAT(mail.html, Not(HasSubstr("<script>")));
  EXPECT_THAT(acknowledge_form({.facts = facts}), Not(HasSubstr("<script>")));
}

TEST(PageMail, SaysTheSummaryAndTheTimeOfTheChangeOnce) {
  incidents::Incident incident;
  incident.title = "Checkout errors";
  incident.summary = "18 % of orders\nfail";
  incidents::Evidence change{.kind = "change", .title = "Change", .summary = "CreateRole by ops at 2026-11-24T03:01:00Z"};
  change.happened = *parse_rfc3339("2026-11-24T03:01:00Z");
  const PageFacts facts = page_facts(incident, {change}, {});
  EXPECT_EQ(facts.last_change, "CreateRole by ops at 2026-11-24T03:01:00Z");
  EXPECT_THAT(page_mail(facts, second).text, HasSubstr("Summary:     18 % of orders fail\n"));
  EXPECT_THAT(acknowledge_form({.facts = facts}), HasSubstr("18 % of orders"));
}

TEST(PageContent, KeepsNoSecret) { EXPECT_THAT(page_content(checkout_fails(), second), Not(HasSubstr("TOKEN"))); }

TEST(NamedForm, AsksForANameAndEscapesAll) {
  const std::string page =
      named_form({.severity = "SEV2", .what = "<b>x", .summary = "a & b", .action = "/c/TOKEN", .label = "Restart <i>: run Restart"});
  for (const char* part : {"&lt;b&gt;x", "a &amp; b", "action=\"/c/TOKEN\"", "name=\"who\"", "Restart &lt;i&gt;: run Restart</button>"})
    EXPECT_THAT(page, HasSubstr(part));
}

TEST(AcknowledgePage, HasOneButtonAndNoScript) {
  const std::string page =
      acknowledge_form({.facts = checkout_fails(), .contact_name = "bob", .action = "/a/TOKEN", .as_of = "03:12:40 UTC"});
  EXPECT_THAT(page, HasSubstr("<form method=\"post\" action=\"/a/TOKEN\""));
  EXPECT_THAT(page, Not(HasSubstr("<script")));
  EXPECT_THAT(page, HasSubstr("18.25 (threshold 5, normal 0.2)"));
  EXPECT_LT(page.size(), 20'000u);
  if (const char* out = std::getenv("TOCSIN_ACKNOWLEDGE_PAGE_OUT")) std::ofstream(out) << page;
}

}  // namespace
}  // namespace tocsin::oncall
