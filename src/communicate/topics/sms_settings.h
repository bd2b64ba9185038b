// What an account has set for short messages, and who wants none. https://docs.aws.amazon.com/sns/latest/api/API_SetSMSAttributes.html
// Threads: only on the StateExecutor, inside a unit of work. Errors: `reason` is the service's shape.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "communicate/topics/topic.h"
#include "storage/state_executor.h"

namespace tocsin::communicate {

/// E.164: a plus and up to 15 digits, the first not 0.
bool is_phone_number(std::string_view text);

class SmsSettings {
 public:
  explicit SmsSettings(storage::StateExecutor& state) : state_(state) {}
  Result<void> migrate();

  Result<void> set(const Scope& scope, const TextMap& attributes);
  TextMap get(const Scope& scope);

  bool is_opted_out(const Scope& scope, const std::string& phone_number);
  /// In order of the numbers, after `after`.
  std::vector<std::string> opted_out(const Scope& scope, const std::string& after, int count_max);
  /// What an answer such as STOP does.
  void opt_out(const Scope& scope, const std::string& phone_number);
  /// What a person answers to a message: STOP and its like opt out, START back in, of all accounts, which send by one gateway. The words to
  /// send back; nullopt for any other text.
  std::optional<std::string> on_answer(const std::string& phone_number, std::string_view text);
  /// Once in 30 days for a number.
  Result<void> opt_in(const Scope& scope, const std::string& phone_number);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::communicate
