#include "access/failed_attempts/failed_attempts.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cmath>

#include "base/encoding.h"

namespace tocsin::access {
namespace {

using namespace std::chrono_literals;
constexpr double free_attempts = 10;
constexpr double recorded_max = 100;
constexpr Duration first_wait = 100ms;
constexpr Duration wait_max = 5s;
constexpr Duration half_life = 1min;
constexpr std::size_t network_bytes = 8;

double faded(double count, Duration age) {
  return count * std::exp2(-std::max(0.0, static_cast<double>(age.count())) / static_cast<double>(half_life.count()));
}

Duration wait_after(double count) {
  if (count <= free_attempts) return {};
  const double wait = static_cast<double>(first_wait.count()) * std::exp2(std::min(count - free_attempts - 1, 10.0));
  return std::min(wait_max, Duration(static_cast<Duration::rep>(wait)));
}

}  // namespace

std::string network_of(std::string_view address) {
  in6_addr bytes{};
  const std::string text(address.substr(0, address.find('%')));
  if (text.find(':') == std::string::npos || inet_pton(AF_INET6, text.c_str(), &bytes) != 1) return std::string(address);
  if (IN6_IS_ADDR_V4MAPPED(&bytes)) return text;
  return to_hex(std::string_view(reinterpret_cast<const char*>(&bytes), network_bytes));
}

FailedAttempts::Noted FailedAttempts::note(std::string_view address, Instant now) {
  const std::string who = network_of(address);
  const auto known = found_.find(who);
  if (known != found_.end()) {
    by_age_.splice(by_age_.begin(), by_age_, known->second);
  } else {
    if (by_age_.size() >= addresses_max) {
      found_.erase(by_age_.back().who);
      by_age_.pop_back();
    }
    by_age_.push_front({who, 0, now});
    found_.emplace(by_age_.front().who, by_age_.begin());
  }
  Entry& entry = by_age_.front();
  entry.count = faded(entry.count, now - entry.last) + 1;
  entry.last = now;
  return {wait_after(entry.count), entry.count <= recorded_max};
}

}  // namespace tocsin::access
