// usage: events_bench PORT put | webhook | fanout | hang   (README.md): what a running server, `tocsin serve --dev`, takes on its bus and
// its topics
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>
#include <vector>

#include "api_client.h"
#include "kill_campaign.h"
#include "webhook_sink.h"

using namespace tocsin::bench;
using Steady = std::chrono::steady_clock;

namespace {

const std::string account = "000000000000";
const std::string run = std::to_string(getpid());

std::int64_t now_ns() { return Steady::now().time_since_epoch().count(); }
double seconds_since(Steady::time_point start) { return std::chrono::duration<double>(Steady::now() - start).count(); }

void check(const Answer& answer, const char* what) {
  if (answer.status == 200) return;
  fmt::print(stderr, "{}: {} {}\n", what, answer.status, answer.body);
  std::exit(1);
}

std::string text_of(const std::string& text, std::string_view after, std::string_view before) {
  const std::size_t at = text.find(after);
  if (at == std::string::npos) return {};
  return text.substr(at + after.size(), text.find(before, at + after.size()) - at - after.size());
}

std::string encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) out += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return out;
}

std::string entry(const std::string& source, int n) {
  return fmt::format(
      R"({{"Source":"{}","DetailType":"Order Placed","Detail":"{{\"order\":{{\"id\":\"o-{}\",\"amount\":129.5,\"currency\":\"EUR\",\"state\":\"paid\"}},\"customer\":{{\"id\":\"c-{}\",\"country\":\"DE\"}},\"sent_ns\":{}}}"}})",
      source, n, n % 1000, now_ns());
}

std::string events_of(const std::string& source, int first, int count) {
  std::string body = R"({"Entries":[)";
  for (int n = 0; n < count; ++n) body += (n ? "," : "") + entry(source, first + n);
  return body + "]}";
}

void make_rule(ApiClient& api, const std::string& source, const std::string& target_arn) {
  check(api.json(
            "events", "AWSEvents.PutRule",
            fmt::format(R"({{"Name":"{0}","EventPattern":"{{\"source\":[\"{0}\"],\"detail\":{{\"order\":{{\"state\":[\"paid\"]}}}}}}"}})",
                        source)),
        "PutRule");
  check(
      api.json("events", "AWSEvents.PutTargets", fmt::format(R"({{"Rule":"{}","Targets":[{{"Id":"t","Arn":"{}"}}]}})", source, target_arn)),
      "PutTargets");
}

std::int64_t messages_in(ApiClient& api, const std::string& url) {
  const Answer answer = api.json("sqs", "AmazonSQS.GetQueueAttributes",
                                 fmt::format(R"({{"QueueUrl":"{}","AttributeNames":["ApproximateNumberOfMessages"]}})", url));
  return std::atoll(text_of(answer.body, "ApproximateNumberOfMessages\":\"", "\"").c_str());
}

/// PutEvents over HTTP, ten entries a call, each matched and durable in a queue.
void put(int port) {
  constexpr int connections = 8, calls = 1500;
  ApiClient api(port);
  const std::string source = "bench.put." + run;
  const std::string url =
      text_of(api.json("sqs", "AmazonSQS.CreateQueue", fmt::format(R"({{"QueueName":"bench-{}"}})", run)).body, "QueueUrl\":\"", "\"");
  make_rule(api, source, fmt::format("arn:aws:sqs:us-east-1:{}:bench-{}", account, run));
  const auto start = Steady::now();
  std::vector<std::thread> senders;
  for (int c = 0; c < connections; ++c)
    senders.emplace_back([&, c] {
      ApiClient mine(port);
      for (int n = 0; n < calls; ++n)
        check(mine.json("events", "AWSEvents.PutEvents", events_of(source, (c * calls + n) * 10, 10)), "PutEvents");
    });
  for (std::thread& sender : senders) sender.join();
  const double accepted = seconds_since(start);
  constexpr std::int64_t total = std::int64_t{connections} * calls * 10;
  // seldom: the server counts the queue's messages for it
  while (messages_in(api, url) < total) std::this_thread::sleep_for(std::chrono::milliseconds(500));
  const double queued = seconds_since(start);
  fmt::print("put: {} events, accepted {:.0f}/s, in the queue {:.0f}/s\n", total, total / accepted, total / queued);
}

struct Latencies {
  std::mutex mutex;
  std::vector<double> ms;
  void take(std::string_view body) {
    const std::size_t at = body.find("sent_ns");
    if (at == std::string_view::npos) return;
    const std::size_t digit = body.find_first_of("0123456789", at);
    const double took = static_cast<double>(now_ns() - std::strtoll(body.data() + digit, nullptr, 10)) / 1e6;
    const std::lock_guard lock(mutex);
    ms.push_back(took);
  }
  std::string show() {
    const std::lock_guard lock(mutex);
    if (ms.empty()) return "none";
    std::ranges::sort(ms);
    return fmt::format("{} delivered, p50 {:.1f} ms, p99 {:.1f} ms, most {:.1f} ms", ms.size(), ms[ms.size() / 2], ms[ms.size() * 99 / 100],
                       ms.back());
  }
};

/// Endpoints confirm themselves by the token that they are sent.
class Subscribers {
 public:
  Subscribers(int port, std::string topic_arn, WebhookSink::OnRequest on_message)
      : port_(port),
        topic_arn_(std::move(topic_arn)),
        on_message_(std::move(on_message)),
        sink_([this](auto path, auto body) { heard(path, body); }) {}

  void subscribe(ApiClient& api, const std::vector<std::string>& paths) {
    for (const std::string& path : paths)
      check(api.query("sns", fmt::format("Action=Subscribe&Version=2010-03-31&TopicArn={}&Protocol=http&Endpoint={}", encoded(topic_arn_),
                                         encoded(fmt::format("http://127.0.0.1:{}{}", sink_.port(), path)))),
            "Subscribe");
    while (true) {
      std::vector<std::string> tokens;
      {
        const std::lock_guard lock(mutex_);
        tokens.swap(tokens_);
      }
      for (const std::string& token : tokens)
        check(
            api.query("sns", fmt::format("Action=ConfirmSubscription&Version=2010-03-31&TopicArn={}&Token={}", encoded(topic_arn_), token)),
            "ConfirmSubscription");
      confirmed_ += tokens.size();
      if (confirmed_ >= paths.size()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
  }

 private:
  void heard(std::string_view path, std::string_view body) {
    if (body.find("\"SubscriptionConfirmation\"") == std::string_view::npos) return on_message_(path, body);
    const std::lock_guard lock(mutex_);
    tokens_.push_back(text_of(text_of(std::string(body), "\"Token\"", ","), "\"", "\""));
  }

  const int port_;
  const std::string topic_arn_;
  WebhookSink::OnRequest on_message_;
  std::mutex mutex_;
  std::vector<std::string> tokens_;
  std::size_t confirmed_ = 0;
  WebhookSink sink_;
};

std::string make_topic(ApiClient& api, const std::string& name) {
  return text_of(api.query("sns", "Action=CreateTopic&Version=2010-03-31&Name=" + name).body, "<TopicArn>", "</TopicArn>");
}

/// 2,000 events a second for ten seconds, each to a webhook by a rule and a topic.
void webhook(int port) {
  constexpr int per_second = 2000, seconds = 10, per_call = 10;
  ApiClient api(port);
  const std::string source = "bench.webhook." + run, topic = make_topic(api, "bench-" + run);
  Latencies latencies;
  Subscribers subscribers(port, topic, [&](auto, auto body) { latencies.take(body); });
  subscribers.subscribe(api, {"/hook"});
  make_rule(api, source, topic);
  const auto start = Steady::now();
  for (int n = 0; n < per_second * seconds; n += per_call) {
    std::this_thread::sleep_until(start + std::chrono::microseconds(std::int64_t{n} * 1'000'000 / per_second));
    check(api.json("events", "AWSEvents.PutEvents", events_of(source, n, per_call)), "PutEvents");
  }
  std::this_thread::sleep_for(std::chrono::seconds(3));
  fmt::print("webhook at {}/s: {}\n", per_second, latencies.show());
}

/// One topic, a thousand endpoints, one of which never answers when `hang`.
void fanout(int port, bool hang) {
  constexpr int endpoints = 1000, messages = 60;
  ApiClient api(port);
  const std::string topic = make_topic(api, "fanout-" + run);
  std::atomic<std::int64_t> delivered = 0;
  Latencies latencies;
  Subscribers subscribers(port, topic, [&](std::string_view path, std::string_view body) {
    if (path == "/hang") return;
    ++delivered;
    latencies.take(body);
  });
  std::vector<std::string> paths;
  for (int n = 0; n < endpoints; ++n) paths.push_back(hang && n == 0 ? "/hang" : fmt::format("/e/{}", n));
  subscribers.subscribe(api, paths);
  const auto start = Steady::now();
  for (int n = 0; n < messages; ++n)
    check(api.query("sns", fmt::format("Action=Publish&Version=2010-03-31&TopicArn={}&Message=hello+sent_ns+{}", encoded(topic), now_ns())),
          "Publish");
  const std::int64_t total = std::int64_t{endpoints - (hang ? 1 : 0)} * messages;
  while (delivered < total && seconds_since(start) < 120) std::this_thread::sleep_for(std::chrono::milliseconds(10));
  const double took = seconds_since(start);
  fmt::print("fanout: {} of {} deliveries in {:.2f} s, {:.0f}/s; {}\n", delivered.load(), total, took,
             static_cast<double>(delivered) / took, latencies.show());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 4 && std::string_view(argv[1]) == "kill") return run_kill_campaign(argv[2], argv[3]) ? 0 : 1;
  if (argc != 3) {
    fmt::print(stderr, "usage: events_bench PORT put|webhook|fanout|hang, events_bench kill TOCSIN DATA\n");
    return 2;
  }
  const int port = std::atoi(argv[1]);
  const std::string_view what = argv[2];
  if (what == "put") put(port);
  if (what == "webhook") webhook(port);
  if (what == "fanout" || what == "hang") fanout(port, what == "hang");
}
