// A mail server and the mailboxes behind it.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "base/executor.h"
#include "delivery/carrier.h"

namespace tocsin::simulation {

struct Letter {
  std::string parcel_id;
  std::string to, subject, text;
  Instant at;

  /// The first link of the text that holds `part`; empty when there is none.
  std::string link(std::string_view part) const;
  /// The first run of 6 to 10 digits; empty when there is none.
  std::string code() const;
};

class Mailboxes final : public delivery::Carrier {
 public:
  explicit Mailboxes(Executor& world) : world_(world) {}
  void carry(const std::string& parcel_id, const Document& content, Done done) override;

  /// Oldest first; those that came after `since`, whose subject holds `subject_part`.
  std::vector<Letter> find(std::string_view to, std::string_view subject_part = {}, Instant since = {}) const;
  const std::vector<Letter>& all() const { return letters_; }
  void empty() { letters_.clear(); }
  /// How long a mail is under way, and its answer.
  Duration takes = std::chrono::milliseconds(40);
  /// Answers 451 until then; nothing arrives.
  Instant out_of_order_until{};
  /// Tells of each letter when it has come in.
  std::function<void(const Letter&)> on_letter = [](const Letter&) {};

 private:
  Executor& world_;
  std::vector<Letter> letters_;
};

}  // namespace tocsin::simulation
