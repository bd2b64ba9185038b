// The first outage as a caller of both services sees it: documents in, documents out, in virtual time.
#include <gmock/gmock.h>

#include "api/ssm_contacts/service.h"
#include "api/ssm_incidents/service.h"
#include "communicate/oncall/rehearsal_test.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::SizeIs;

ListTokens plain_tokens() {
  return {[](const Call&, std::string_view key) { return "t:" + std::string(key); },
          [](const Call&, std::string_view token) -> std::optional<std::string> {
            return token.starts_with("t:") ? std::optional(std::string(token.substr(2))) : std::nullopt;
          }};
}

struct TwoServices : testing::Test {
  void SetUp() override { life.start(); }

  Reply call(const Service& service, const std::string& name, Document input) {
    const auto operation = std::ranges::find_if(service.operations, [&](const Operation& each) { return each.name == name; });
    EXPECT_NE(operation, service.operations.end()) << name;
    std::optional<Reply> reply;
    life.state.submit([&]() -> Result<void> {
      Call request{.service = service.name, .operation = name, .input = std::move(input), .scope = life.scope, .now = life.state.now()};
      request.principal.arn = "arn:aws:iam::123456789012:user/ops";
      reply = std::get<Handle>(operation->handle)(request);
      return *reply ? Result<void>{} : fail(ErrorKind::invalid, "refused");
    });
    life.executor.run_ready();
    return *reply;
  }
  Document ok(const Service& service, const std::string& name, std::string_view input) {
    const Reply reply = call(service, name, *parse_json(input));
    EXPECT_TRUE(reply) << name << ": " << (reply ? "" : reply.error().code + ' ' + reply.error().message);
    return reply ? *reply : Document{};
  }
  std::string refused(const Service& service, const std::string& name, std::string_view input) {
    const Reply reply = call(service, name, *parse_json(input));
    return reply ? "answered " + to_json(*reply) : reply.error().code;
  }

  oncall::Ground ground;
  oncall::Life life{ground};
  Service incidents = make_ssm_incidents_service(life.incidents, plain_tokens());
  Service contacts = make_ssm_contacts_service(life.oncall, plain_tokens());
};

TEST_F(TwoServices, FromAContactToAResolvedIncident) {
  const std::string contact =
      text_or(ok(contacts, "CreateContact", R"({"Alias":"alice","Type":"PERSONAL","Plan":{"Stages":[]}})"), "ContactArn");
  EXPECT_EQ(contact, "arn:aws:ssm-contacts:eu-west-1:123456789012:contact/alice");
  const std::string channel = text_or(
      ok(contacts, "CreateContactChannel",
         R"({"ContactId":")" + contact + R"(","Name":"mail","Type":"EMAIL","DeliveryAddress":{"SimpleAddress":"alice@example.org"}})"),
      "ContactChannelArn");
  life.executor.run_for(1s);
  const std::string& mail = ground.mailbox.mails.at(0).text;
  const std::string code = mail.substr(mail.find("code is ") + 8, 6);
  ok(contacts, "ActivateContactChannel", R"({"ContactChannelId":")" + channel + R"(","ActivationCode":")" + code + R"("})");
  ok(contacts, "UpdateContact",
     R"({"ContactId":")" + contact + R"(","Plan":{"Stages":[{"DurationInMinutes":5,"Targets":[{"ChannelTargetInfo":{"ContactChannelId":")" +
         channel + R"(","RetryIntervalInMinutes":1}}]}]}})");

  EXPECT_EQ(refused(incidents, "CreateResponsePlan", R"({"name":"shop","incidentTemplate":{"title":"t","impact":2}})"),
            "ValidationException")
      << "the replication set comes first";
  ok(incidents, "CreateReplicationSet", R"({"regions":{"eu-west-1":{}}})");
  EXPECT_EQ(refused(incidents, "CreateReplicationSet", R"({"regions":{"eu-west-1":{}}})"), "ConflictException");
  const std::string plan = text_or(ok(incidents, "CreateResponsePlan",
                                      R"({"name":"shop","engagements":[")" + contact +
                                          R"("],"incidentTemplate":{"title":"Checkout errors","impact":2},"tags":{"a":"b"}})"),
                                   "arn");
  const std::string start = R"({"responsePlanArn":")" + plan + R"(","clientToken":"one","triggerDetails":{"source":"me","timestamp":5}})";
  const std::string incident = text_or(ok(incidents, "StartIncident", start), "incidentRecordArn");
  EXPECT_EQ(text_or(ok(incidents, "StartIncident", start), "incidentRecordArn"), incident) << "the token makes it one";
  life.executor.run_for(1s);

  const Document pages = ok(contacts, "ListPagesByContact", R"({"ContactId":")" + contact + R"("})");
  ASSERT_THAT(array_at(pages, "Pages"), SizeIs(1));
  const std::string page = text_or(array_at(pages, "Pages")[0], "PageArn");
  const std::string& paged = ground.mailbox.mails.at(1).text;
  const std::string accept = paged.substr(paged.find("Or with code ") + 13, 6);
  EXPECT_EQ(refused(contacts, "AcceptPage", R"({"PageId":")" + page + R"(","AcceptType":"READ","AcceptCode":"00000000"})"),
            "ValidationException");
  ok(contacts, "AcceptPage", R"({"PageId":")" + page + R"(","AcceptType":"READ","AcceptCode":")" + accept + R"("})");
  std::string receipts;
  const Document kept = ok(contacts, "ListPageReceipts", R"({"PageId":")" + page + R"("})");
  for (const Document& receipt : array_at(kept, "Receipts")) receipts += text_or(receipt, "ReceiptType") + ' ';
  EXPECT_EQ(receipts, "SENT DELIVERED READ ");
  EXPECT_THAT(array_at(ok(contacts, "ListPageResolutions", R"({"PageId":")" + page + R"("})"), "PageResolutions"), SizeIs(1));

  ok(incidents, "CreateTimelineEvent",
     R"({"incidentRecordArn":")" + incident +
         R"(","eventTime":1795500000000000000,"eventType":"Cause Identified","eventData":"the pool"})");
  EXPECT_EQ(life.incident(incident).state, incidents::CustomerState::identified);
  ok(incidents, "UpdateIncidentRecord", R"({"arn":")" + incident + R"(","status":"RESOLVED"})");
  const Document record = ok(incidents, "GetIncidentRecord", R"({"arn":")" + incident + R"("})");
  EXPECT_EQ(text_or(object_at(record, "incidentRecord"), "status"), "RESOLVED");
  EXPECT_THAT(array_at(ok(incidents, "ListIncidentRecords",
                          R"({"filters":[{"key":"status","condition":{"equals":{"stringValues":["RESOLVED"]}}}]})"),
                       "incidentRecordSummaries"),
              SizeIs(1));
  EXPECT_THAT(
      array_at(ok(incidents, "ListIncidentRecords", R"({"filters":[{"key":"impact","condition":{"equals":{"integerValues":[1]}}}]})"),
               "incidentRecordSummaries"),
      SizeIs(0));
}

TEST_F(TwoServices, ALongTimelineIsReadPageByPage) {
  ok(incidents, "CreateReplicationSet", R"({"regions":{"eu-west-1":{}}})");
  const std::string plan =
      text_or(ok(incidents, "CreateResponsePlan", R"({"name":"p","incidentTemplate":{"title":"t","impact":5}})"), "arn");
  const std::string arn = text_or(ok(incidents, "StartIncident", R"({"responsePlanArn":")" + plan + R"("})"), "incidentRecordArn");
  for (int i = 0; i < 12; ++i)
    ok(incidents, "CreateTimelineEvent",
       R"({"incidentRecordArn":")" + arn + R"(","eventTime":1,"eventType":"Custom Event","eventData":")" + std::to_string(i) + R"("})");
  const std::string filter = R"("filters":[{"key":"eventType","condition":{"equals":{"stringValues":["Custom Event"]}}}])";
  std::size_t seen = 0;
  std::string token;
  do {
    const Document page = ok(incidents, "ListTimelineEvents",
                             R"({"incidentRecordArn":")" + arn + R"(","maxResults":5,)" + filter +
                                 (token.empty() ? "" : R"(,"nextToken":")" + token + '"') + "}");
    seen += array_at(page, "eventSummaries").size();
    token = text_or(page, "nextToken");
  } while (!token.empty());
  EXPECT_EQ(seen, 12u);
  EXPECT_EQ(refused(incidents, "ListTimelineEvents", R"({"incidentRecordArn":")" + arn + R"(","nextToken":"forged"})"),
            "ValidationException");
}

TEST_F(TwoServices, ErrorsHaveTheServicesShapes) {
  struct {
    const Service& service;
    const char *operation, *input, *code;
  } const table[] = {
      {incidents, "GetIncidentRecord", R"({"arn":"arn:aws:ssm-incidents::1:incident-record/a/b"})", "ResourceNotFoundException"},
      {incidents, "StartIncident", R"({"responsePlanArn":"arn:aws:ssm-incidents::1:response-plan/x"})", "ResourceNotFoundException"},
      {incidents, "GetResponsePlan", R"({"arn":"x"})", "ResourceNotFoundException"},
      {incidents, "TagResource", R"({"resourceArn":"x","tags":{"a":"b"}})", "ResourceNotFoundException"},
      {contacts, "GetContact", R"({"ContactId":"x"})", "ResourceNotFoundException"},
      {contacts, "StartEngagement", R"({"ContactId":"x","Sender":"s","Subject":"s","Content":"c"})", "ResourceNotFoundException"},
      {contacts, "AcceptPage", R"({"PageId":"x","AcceptType":"READ","AcceptCode":"123456"})", "ResourceNotFoundException"},
      {contacts, "CreateContact", R"({"Alias":"r","Type":"ONCALL_SCHEDULE","Plan":{}})", "NotImplementedException"},
      {contacts, "CreateContact", R"({"Alias":"e","Type":"ESCALATION","Plan":{"Stages":[{"DurationInMinutes":0,"Targets":[]}]}})",
       "ValidationException"},
  };
  for (const auto& row : table) EXPECT_EQ(refused(row.service, row.operation, row.input), row.code) << row.operation;
}

TEST_F(TwoServices, TagsAndRelatedItems) {
  const std::string contact =
      text_or(ok(contacts, "CreateContact", R"({"Alias":"a","Type":"PERSONAL","Plan":{},"Tags":[{"Key":"k","Value":"v"}]})"), "ContactArn");
  ok(contacts, "TagResource", R"({"ResourceARN":")" + contact + R"(","Tags":[{"Key":"l","Value":"w"}]})");
  ok(contacts, "UntagResource", R"({"ResourceARN":")" + contact + R"(","TagKeys":["k"]})");
  EXPECT_EQ(to_json(ok(contacts, "ListTagsForResource", R"({"ResourceARN":")" + contact + R"("})")),
            R"({"Tags":[{"Key":"l","Value":"w"}]})");

  ok(incidents, "CreateReplicationSet", R"({"regions":{"eu-west-1":{}}})");
  const std::string plan =
      text_or(ok(incidents, "CreateResponsePlan", R"({"name":"p","incidentTemplate":{"title":"t","impact":5}})"), "arn");
  const std::string arn = text_or(ok(incidents, "StartIncident", R"({"responsePlanArn":")" + plan + R"("})"), "incidentRecordArn");
  const std::string item = R"({"type":"OTHER","value":{"url":"https://x"}})";
  ok(incidents, "UpdateRelatedItems",
     R"({"incidentRecordArn":")" + arn + R"(","relatedItemsUpdate":{"itemToAdd":{"identifier":)" + item + "}}}");
  EXPECT_THAT(array_at(ok(incidents, "ListRelatedItems", R"({"incidentRecordArn":")" + arn + R"("})"), "relatedItems"), SizeIs(1));
  ok(incidents, "UpdateRelatedItems", R"({"incidentRecordArn":")" + arn + R"(","relatedItemsUpdate":{"itemToRemove":)" + item + "}}");
  EXPECT_THAT(array_at(ok(incidents, "ListRelatedItems", R"({"incidentRecordArn":")" + arn + R"("})"), "relatedItems"), SizeIs(0));
}

}  // namespace
}  // namespace tocsin::api
