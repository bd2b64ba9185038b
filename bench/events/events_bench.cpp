// How many events a second the matcher takes, by the number of rules on the bus: flattening once, then every rule.
#include <fmt/format.h>

#include <boost/json.hpp>
#include <vector>

#include "base/clock.h"
#include "events/patterns/pattern.h"

using namespace tocsin;

namespace {

const char* event_text =
    R"({"version":"0","id":"0191b7a4-7a3e-7c00-8000-000000000001","detail-type":"Order Placed","source":"shop.orders","account":"111122223333",
  "time":"2026-11-24T06:49:39Z","region":"eu-central-1","resources":["arn:aws:ssm:eu-central-1:111122223333:opsitem/oi-1"],
  "detail":{"order":{"id":"o-4711","amount":129.5,"currency":"EUR","state":"paid","items":[{"sku":"a-1","count":2},{"sku":"b-9","count":1}]},
  "customer":{"id":"c-1","country":"DE","address":"203.0.113.9"},"trace":"Root=1-5759e988-bd862e3fe1be46a994272793","attempt":1,"tags":["web","eu","vip"]}})";

std::vector<events::Pattern> make_rules(int count) {
  std::vector<events::Pattern> rules;
  for (int n = 0; n < count; ++n) {
    // one in ten matches; the others fail on the source, a number, a prefix or an address
    const std::string source = n % 10 == 0 ? "shop.orders" : n % 3 ? fmt::format("shop.service-{}", n) : "shop.orders";
    rules.push_back(*events::compile_pattern(fmt::format(
        R"({{"source":["{}"],"detail":{{"order":{{"state":["paid"],"amount":[{{"numeric":[">",{}]}}],"items":{{"sku":["a-1"],"count":[2]}}}},"customer":{{"country":[{{"prefix":"D"}}],"address":[{{"cidr":"203.0.113.0/24"}}]}}}}}})",
        source, n % 10 == 0 ? 100 : 1000 + n)));
  }
  return rules;
}

void measure(const Clock& clock, int rule_count) {
  const auto rules = make_rules(rule_count);
  const Document event = *parse_json(event_text);
  const Instant start = clock.now();
  std::int64_t events = 0, matches = 0;
  Duration elapsed{};
  while (elapsed < std::chrono::seconds(2)) {
    for (int n = 0; n < 100; ++n) {
      const events::FlatEvent flat(event);
      for (const auto& rule : rules) matches += rule.matches(flat) ? 1 : 0;
      ++events;
    }
    elapsed = clock.now() - start;
  }
  const double seconds = std::chrono::duration<double>(elapsed).count();
  fmt::print("{:>5} rules  {:>10.0f} events/s  {:>12.0f} rule tests/s  {:>5.1f} matches an event\n", rule_count,
             static_cast<double>(events) / seconds, static_cast<double>(events) * rule_count / seconds,
             static_cast<double>(matches) / static_cast<double>(events));
}

}  // namespace

int main() {
  const SystemClock clock;
  for (const int rules : {1, 100, 1000}) measure(clock, rules);
}
