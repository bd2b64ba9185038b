#include "api/dispatch/dispatcher.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "wire/aws/request_of_test.h"

namespace tocsin::api {
namespace {

using namespace std::chrono_literals;
using namespace wire::test;

/// Takes the signature header's text as the word: "Signature=0" is good; refuses the operations that it is told to.
class FakeGate final : public Gate {
 public:
  std::expected<Caller, ServiceError> authenticate(const wire::HttpRequest& request, std::string_view) override {
    if (!request.headers.has("Authorization")) return refuse("MissingAuthenticationToken", "Request is missing Authentication Token");
    if (request.headers.get("Authorization").find("Signature=0") == std::string_view::npos)
      return refuse("SignatureDoesNotMatch", "The signature does not match");
    return Caller{{.account = "111122223333", .arn = "arn:aws:iam::111122223333:user/ann"}, {"111122223333", "eu-central-1"}};
  }
  std::expected<void, ServiceError> authorize(const Call& call) override {
    if (call.operation == forbidden) return refuse("AccessDenied", "User: " + call.principal.arn + " is not authorized to perform: x");
    return {};
  }
  RefusedCaller refused(const wire::HttpRequest&, const ServiceError&) override { return stranger; }
  RefusedCaller stranger;
  std::string forbidden;
};

class FakeRecorder final : public Recorder {
 public:
  void record(const Call& call, const Reply& reply) override {
    // a constraint stands for the disk: both fail the unit
    if (full_disk) return static_cast<void>(full_disk->execute("INSERT INTO kept_once VALUES (1), (1)"));
    records.push_back(call.operation + " " + (reply ? "ok" : reply.error().code));
  }
  bool postpone(const Call& call, const Reply& reply) override {
    if (postponed_max-- <= 0) return false;
    records.push_back("later " + call.operation + " " + (reply ? "ok" : reply.error().code));
    return true;
  }
  std::vector<std::string> records;
  int postponed_max = 2;
  storage::Database* full_disk = nullptr;
};

class FakeMetrics final : public SelfMetrics {
 public:
  void record(const Scope&, std::string_view space, std::string_view name, const Dimensions& dimensions, double value,
              std::string_view) override {
    lines.push_back(std::string(space) + " " + std::string(name) + " " + dimensions[0].second + " " + dimensions[2].second + " " +
                    std::to_string(static_cast<int>(value)));
  }
  std::vector<std::string> lines;
};

class DispatcherTest : public ::testing::Test {
 protected:
  DispatcherTest() {
    EXPECT_TRUE(database_->migrate("kept", {{1, "CREATE TABLE kept_names (name TEXT); CREATE TABLE kept_once (id INTEGER PRIMARY KEY)"}}));
    Service ssm{"ssm", {}};
    ssm.operations.push_back({"GetParameter", Handle([](const Call& call) -> Reply {
                                return Document(Object{{"Parameter", Object{{"Name", text_or(call.input, "Name")},
                                                                            {"Value", call.base_url},
                                                                            {"LastModifiedDate", to_ns(call.now)}}}});
                              })});
    ssm.operations.push_back({"PutParameter", Handle([this](const Call& call) -> Reply {
                                database_->execute("INSERT INTO kept_names VALUES (?)", {text_or(call.input, "Name")});
                                state_.after_commit([this, name = text_or(call.input, "Name")] { after_.push_back(name); });
                                if (text_or(call.input, "Value") == "bad")
                                  return refuse("ParameterAlreadyExists", "The parameter already exists.");
                                if (text_or(call.input, "Value") == "throw") throw std::runtime_error("boom");
                                return Document(Object{{"Version", 1}, {"NotAMember", true}});
                              })});
    ssm.operations.push_back(
        {"DeleteParameter", HandleLater([this](Call, Complete complete) { waiting_.push_back(std::move(complete)); })});
    dispatcher_.emplace(
        DispatcherParts{
            .models = embedded_models(), .state = state_, .gate = gate_, .recorder = recorder_, .random = random_, .metrics = metrics_},
        std::vector{std::move(ssm)});
  }

  wire::HttpResponse send(wire::HttpRequest request) {
    std::optional<wire::HttpResponse> answered;
    dispatcher_->handle(std::move(request), [&](wire::HttpResponse response) { answered = std::move(response); });
    executor_.run_ready();
    return answered.value_or(wire::HttpResponse{.status = 0});
  }

  wire::HttpResponse ssm(const std::string& operation, std::string body) {
    return send(signed_for(json_call("AmazonSSM." + operation, std::move(body)), "ssm"));
  }

  std::int64_t kept() { return database_->query_one("SELECT count(*) FROM kept_names")->integer(0); }

  ManualClock clock_{instant_from_ms(1'764'000'000'123)};
  SimulatedExecutor executor_{clock_};
  std::unique_ptr<storage::Database> database_ = storage::open_memory_database();
  storage::StateExecutor state_{executor_, *database_};
  SeededRandom random_{1};
  FakeGate gate_;
  FakeRecorder recorder_;
  FakeMetrics metrics_;
  std::vector<Complete> waiting_;
  std::vector<std::string> after_;
  std::optional<Dispatcher> dispatcher_;
};

TEST_F(DispatcherTest, AnswersACall) {
  const auto response = ssm("GetParameter", R"({"Name":"/shop/pool"})");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, R"({"Parameter":{"Name":"/shop/pool","Value":"http://127.0.0.1:4566","LastModifiedDate":1764000000.123}})");
  EXPECT_EQ(response.headers.get("Content-Type"), "application/x-amz-json-1.1");
  EXPECT_EQ(response.headers.get("x-amzn-RequestId").size(), 36u);
  EXPECT_EQ(recorder_.records, std::vector<std::string>{"GetParameter ok"});
}

TEST_F(DispatcherTest, AnErrorUndoesItsWritesButIsRecorded) {
  EXPECT_EQ(ssm("PutParameter", R"({"Name":"a","Value":"good","Type":"String"})").body, R"({"Version":1})");
  EXPECT_EQ(kept(), 1);
  const auto response = ssm("PutParameter", R"({"Name":"b","Value":"bad","Type":"String"})");
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body, R"({"__type":"ParameterAlreadyExists","message":"The parameter already exists."})");
  EXPECT_EQ(kept(), 1);
  EXPECT_EQ(after_, std::vector<std::string>{"a"}) << "nor does what it registered run after the commit";
  EXPECT_EQ(recorder_.records, (std::vector<std::string>{"PutParameter ok", "PutParameter ParameterAlreadyExists"}));
}

TEST_F(DispatcherTest, ADefectIsAnInternalFailure) {
  const auto response = ssm("PutParameter", R"({"Name":"b","Value":"throw","Type":"String"})");
  EXPECT_EQ(response.status, 500);
  EXPECT_EQ(response.body.find("boom"), std::string::npos);
  EXPECT_EQ(kept(), 0);
  EXPECT_TRUE(after_.empty());
}

TEST_F(DispatcherTest, RefusesInTheOrderOfTheServices) {
  gate_.forbidden = "GetParameter";
  const auto broken_everything = [&](std::string target) { return json_call(std::move(target), "{"); };
  EXPECT_NE(send(broken_everything("AmazonSSM.Fly")).body.find("UnknownOperationException"), std::string::npos);
  EXPECT_NE(send(broken_everything("AmazonSSM.GetParameter")).body.find("MissingAuthenticationTokenException"), std::string::npos);
  EXPECT_NE(ssm("GetParameter", "{").body.find("SerializationException"), std::string::npos);
  EXPECT_NE(ssm("GetParameter", "{}").body.find("AccessDeniedException"), std::string::npos);
  gate_.forbidden.clear();
  EXPECT_EQ(
      ssm("GetParameter", "{}").body,
      R"({"__type":"ValidationException","Message":"1 validation error detected: Value null at 'name' failed to satisfy constraint: Member must not be null"})");
}

TEST_F(DispatcherTest, AWrongSignatureWithAKeyOfOursIsRecordedAndWaitsForItsAnswer) {
  auto request = signed_for(json_call("AmazonSSM.PutParameter", R"({"Name":"a","Value":"good","Type":"String"})"), "ssm");
  request.headers.set("Authorization", "Signature=1");
  gate_.stranger = {.claimed = Caller{{.account = "111122223333", .name = "ann"}, {"111122223333", "eu-central-1"}}, .hold_back = 2s};
  std::optional<wire::HttpResponse> answered;
  dispatcher_->handle(std::move(request), [&](wire::HttpResponse response) { answered = std::move(response); });
  executor_.run_for(1s);
  EXPECT_FALSE(answered);
  EXPECT_EQ(recorder_.records, std::vector<std::string>{"PutParameter SignatureDoesNotMatch"});
  executor_.run_for(1s);
  ASSERT_TRUE(answered);
  EXPECT_NE(answered->body.find("InvalidSignatureException"), std::string::npos);
  EXPECT_EQ(kept(), 0);
  EXPECT_EQ(ssm("GetParameter", R"({"Name":"a"})").status, 200) << "what is right does not wait";
}

TEST_F(DispatcherTest, WhenNothingCanBeWrittenWhatReadsIsAnsweredWhileItsRecordCanWait) {
  ssm("PutParameter", R"({"Name":"a","Value":"good","Type":"String"})");
  recorder_.records.clear();
  recorder_.full_disk = database_.get();
  EXPECT_EQ(ssm("PutParameter", R"({"Name":"b","Value":"good","Type":"String"})").status, 503);
  EXPECT_EQ(ssm("GetParameter", R"({"Name":"a"})").status, 200);
  gate_.forbidden = "GetParameter";
  EXPECT_EQ(ssm("GetParameter", R"({"Name":"a"})").status, 400);
  EXPECT_EQ(recorder_.records, (std::vector<std::string>{"later GetParameter ok", "later GetParameter AccessDenied"}));
  EXPECT_EQ(ssm("GetParameter", R"({"Name":"a"})").status, 503) << "no more can wait, and nothing is read unrecorded";
  recorder_.full_disk = nullptr;
  EXPECT_EQ(ssm("PutParameter", R"({"Name":"b","Value":"good","Type":"String"})").status, 200);
  EXPECT_EQ(kept(), 2);
}

TEST_F(DispatcherTest, AKnownOperationWithoutHandlerIs501) {
  const auto response = ssm("DescribePatchBaselines", "{}");
  EXPECT_EQ(response.status, 501);
  EXPECT_NE(response.body.find("NotImplementedException"), std::string::npos);
  EXPECT_NE(response.body.find("DescribePatchBaselines of ssm"), std::string::npos);
}

TEST_F(DispatcherTest, ALaterReplyAnswersWhenItComes) {
  std::optional<wire::HttpResponse> answered;
  dispatcher_->handle(signed_for(json_call("AmazonSSM.DeleteParameter", R"({"Name":"a"})"), "ssm"),
                      [&](wire::HttpResponse response) { answered = std::move(response); });
  executor_.run_for(10s);
  EXPECT_FALSE(answered);
  ASSERT_EQ(waiting_.size(), 1u);
  EXPECT_TRUE(recorder_.records.empty());
  waiting_[0](refuse("ParameterNotFound", "It is not there."));
  executor_.run_ready();
  ASSERT_TRUE(answered);
  EXPECT_EQ(answered->body, R"({"__type":"ParameterNotFound","message":"It is not there."})");
  EXPECT_EQ(recorder_.records, std::vector<std::string>{"DeleteParameter ParameterNotFound"});
}

TEST_F(DispatcherTest, OurOwnServicesCallWithoutHttp) {
  std::optional<Reply> reply;
  InternalCall call{.service = "ssm",
                    .operation = "putParameter",
                    .input = Object{{"Name", "x"}, {"Value", "y"}},
                    .principal = service_principal("1", "events.amazonaws.com"),
                    .scope = {"1", "r"}};
  dispatcher_->call(std::move(call), [&](Reply done) { reply = std::move(done); });
  EXPECT_FALSE(reply);
  executor_.run_ready();
  ASSERT_TRUE(reply && *reply);
  EXPECT_EQ(integer_or(**reply, "Version", 0), 1);
  EXPECT_EQ(kept(), 1);
  EXPECT_EQ(recorder_.records, std::vector<std::string>{"PutParameter ok"});
  dispatcher_->call({.service = "ssm", .operation = "Fly"}, [&](Reply done) { reply = std::move(done); });
  executor_.run_ready();
  EXPECT_EQ(reply->error().code, "UnknownOperationException");
}

TEST_F(DispatcherTest, CallsAreCountedOnceAMinute) {
  ssm("GetParameter", R"({"Name":"a"})");
  ssm("GetParameter", R"({"Name":"a"})");
  ssm("GetParameter", "{}");
  EXPECT_TRUE(metrics_.lines.empty());
  executor_.run_for(1min);
  EXPECT_EQ(metrics_.lines, std::vector<std::string>{"AWS/Usage CallCount SSM GetParameter 3"});
}

TEST_F(DispatcherTest, ABodyOfManyMegabytesIsRefusedUnread) {
  EXPECT_EQ(ssm("GetParameter", std::string(9 * 1024 * 1024, '[')).status, 413);
}

TEST_F(DispatcherTest, AStrangeHostIsNotEchoed) {
  auto request = signed_for(json_call("AmazonSSM.GetParameter", R"({"Name":"a"})"), "ssm");
  request.headers.set("Host", "evil\"><script>");
  request.local_address = "10.0.0.1:4566";
  EXPECT_NE(send(request).body.find("http://10.0.0.1:4566"), std::string::npos);
}

TEST(OperationTable, NamesWhatTheModelDoesNotHave) {
  Service sns{"sns", {{"Publish", Handle{}}, {"Publsh", Handle{}}}};
  EXPECT_EQ(operations_outside_models({sns}, embedded_models()), std::vector<std::string>{"sns.Publsh"});
}

}  // namespace
}  // namespace tocsin::api
