#include "kill_campaign.h"

#include <fmt/format.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "api_client.h"
#include "webhook_sink.h"

namespace tocsin::bench {
namespace {

using namespace std::chrono_literals;

constexpr int endpoints = 100, messages = 1000, kills = 10;

/// The server as a child process.
class Server {
 public:
  Server(std::string tocsin, std::string data) : tocsin_(std::move(tocsin)), data_(std::move(data)) {}
  ~Server() { end(SIGKILL); }

  void start() {
    unlink((data_ + "/endpoints.json").c_str());
    child_ = fork();
    if (child_ == 0) {
      const std::string listen = fmt::format("127.0.0.1:{}", port_.load());
      execl(tocsin_.c_str(), "tocsin", "serve", "--dev", "--data", data_.c_str(), "--listen", listen.c_str(), "--log-level", "error",
            nullptr);
      _exit(127);
    }
    for (int tries = 0; tries < 600; ++tries) {
      std::ifstream file(data_ + "/endpoints.json");
      const std::string text((std::istreambuf_iterator<char>(file)), {});
      const std::size_t at = text.find("http://127.0.0.1:");
      if (at != std::string::npos) {
        port_ = std::atoi(text.c_str() + at + 17);
        return;
      }
      std::this_thread::sleep_for(50ms);
    }
    throw std::runtime_error("the server does not start");
  }
  void end(int signal) {
    if (child_ <= 0) return;
    kill(child_, signal);
    waitpid(child_, nullptr, 0);
    child_ = -1;
  }
  int port() const { return port_; }

 private:
  const std::string tocsin_, data_;
  std::atomic<int> port_ = 0;
  pid_t child_ = -1;
};

std::string encoded(const std::string& text) {
  std::string out;
  for (const unsigned char c : text) out += std::isalnum(c) ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  return out;
}

std::string text_of(const std::string& text, std::string_view after, std::string_view before) {
  const std::size_t at = text.find(after);
  return at == std::string::npos ? std::string() : text.substr(at + after.size(), text.find(before, at + after.size()) - at - after.size());
}

/// Repeats a call until it is answered: the server may be away.
Answer insist(const Server& server, const std::string& form) {
  while (true) {
    try {
      ApiClient api(server.port());
      const Answer answer = api.query("sns", form);
      if (answer.status == 200) return answer;
    } catch (const std::exception&) {
    }
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace

bool run_kill_campaign(const std::string& tocsin, const std::string& data) {
  Server server(tocsin, data);
  server.start();
  std::mutex mutex;
  std::unordered_map<std::string, int> arrived;
  std::vector<std::string> tokens;
  WebhookSink sink([&](std::string_view path, std::string_view body) {
    const std::lock_guard lock(mutex);
    const std::string text(body);
    if (text.find("SubscriptionConfirmation") != std::string::npos)
      tokens.push_back(text_of(text_of(text, "\"Token\"", ","), "\"", "\""));
    else
      ++arrived[std::string(path) + " " + text_of(text, "kill-", "-")];
  });
  const std::string topic = text_of(insist(server, "Action=CreateTopic&Version=2010-03-31&Name=kill").body, "<TopicArn>", "</TopicArn>");
  for (int n = 0; n < endpoints; ++n)
    insist(server, fmt::format("Action=Subscribe&Version=2010-03-31&TopicArn={}&Protocol=http&Endpoint={}", encoded(topic),
                               encoded(fmt::format("http://127.0.0.1:{}/e/{}", sink.port(), n))));
  for (int confirmed = 0; confirmed < endpoints; std::this_thread::sleep_for(10ms)) {
    std::vector<std::string> came;
    {
      const std::lock_guard lock(mutex);
      came.swap(tokens);
    }
    for (const std::string& token : came)
      insist(server, fmt::format("Action=ConfirmSubscription&Version=2010-03-31&TopicArn={}&Token={}", encoded(topic), token));
    confirmed += static_cast<int>(came.size());
  }

  // what was answered once is sent no more; a call that died unanswered is sent under another name
  std::set<std::string> acknowledged;
  std::atomic<int> sent = 0;
  std::thread sender([&] {
    int name = 0;
    while (sent < messages) {
      try {
        ApiClient api(server.port());
        for (; sent < messages; ++sent) {
          const std::string id = std::to_string(name++);
          if (api.query("sns", fmt::format("Action=Publish&Version=2010-03-31&TopicArn={}&Message=kill-{}-", encoded(topic), id)).status ==
              200)
            acknowledged.insert(id);
        }
      } catch (const std::exception&) {
        std::this_thread::sleep_for(20ms);
      }
    }
  });
  for (int n = 1; n <= kills; ++n) {
    while (sent < messages * n / (kills + 1)) std::this_thread::sleep_for(5ms);
    server.end(SIGKILL);
    server.start();
  }
  sender.join();
  std::size_t missing = 0;
  for (int tries = 0; tries < 600; ++tries) {
    missing = 0;
    {
      const std::lock_guard lock(mutex);
      for (const std::string& id : acknowledged)
        for (int n = 0; n < endpoints; ++n) missing += !arrived.contains(fmt::format("/e/{} {}", n, id));
    }
    if (missing == 0) break;
    std::this_thread::sleep_for(200ms);
  }
  std::this_thread::sleep_for(1s);
  const std::lock_guard lock(mutex);
  std::int64_t deliveries = 0, twice = 0;
  for (const auto& [what, count] : arrived) deliveries += count, twice += count - 1;
  fmt::print("kill: {} messages acknowledged, {} deliveries over {} kills: {} lost, {} twice ({:.3f} %)\n", acknowledged.size(), deliveries,
             kills, missing, twice, 100.0 * static_cast<double>(twice) / static_cast<double>(deliveries));
  return missing == 0;
}

}  // namespace tocsin::bench
