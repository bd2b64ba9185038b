#include "simulation/mailboxes.h"

#include <algorithm>
#include <boost/json.hpp>

namespace tocsin::simulation {
namespace {

std::vector<std::string> receivers(const Document& content) {
  if (const auto one = text_at(content, "to")) return {*one};
  std::vector<std::string> all;
  for (const Document& each : array_at(content, "to")) all.emplace_back(each.get_string());
  return all;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string Letter::link(std::string_view part) const {
  for (std::size_t at = text.find("http"); at != std::string::npos; at = text.find("http", at + 1)) {
    const std::string url = text.substr(at, text.find_first_of(" \t\r\n<>\"", at) - at);
    if (url.find(part) != std::string::npos) return url;
  }
  return {};
}

std::string Letter::code() const {
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(at), text.end(), is_digit);
    const auto length = static_cast<std::size_t>(end - text.begin()) - at;
    if (length >= 6 && length <= 10) return text.substr(at, length);
    at += length;
  }
  return {};
}

void Mailboxes::carry(const std::string& parcel_id, const Document& content, Done done) {
  world_.post_after(takes, [this, parcel_id, content, done = std::move(done)]() mutable {
    if (world_.now() < out_of_order_until)
      return done({.result = delivery::CarryResult::try_again, .error = "451 out of order", .status = 451});
    for (const std::string& to : receivers(content)) {
      letters_.push_back({parcel_id, to, text_or(content, "subject"), text_or(content, "text"), world_.now()});
      on_letter(Letter(letters_.back()));
    }
    done({.result = delivery::CarryResult::delivered, .status = 250});
  });
}

std::vector<Letter> Mailboxes::find(std::string_view to, std::string_view subject_part, Instant since) const {
  std::vector<Letter> found;
  for (const Letter& each : letters_)
    if (each.to == to && each.at >= since && each.subject.find(subject_part) != std::string::npos) found.push_back(each);
  return found;
}

}  // namespace tocsin::simulation
