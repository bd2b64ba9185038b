// Contacts and their channels as stored. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "communicate/oncall/contact.h"
#include "storage/state_executor.h"

namespace tocsin::oncall {

using Tags = std::map<std::string, std::string>;

class ContactStore {
 public:
  explicit ContactStore(storage::StateExecutor& state) : state_(state) {}

  void insert(const Contact& contact);
  void replace(const Contact& contact);
  void remove(const Contact& contact);
  std::optional<Contact> find(const Scope& scope, const std::string& arn);
  /// By ARN, after `after`.
  std::vector<Contact> list(const Scope& scope, const std::string& after, std::size_t count_max);
  /// Those whose plan names the contact.
  std::vector<std::string> dependents(const Contact& contact);

  void insert(const Channel& channel);
  void replace(const Channel& channel);
  void remove(const Channel& channel);
  std::optional<Channel> find_channel(const Scope& scope, const std::string& arn);
  std::vector<Channel> channels(const Scope& scope, const std::string& contact_arn);
  /// Of every account: for what comes in from outside.
  std::vector<Channel> channels_of_address(const std::string& address);

  /// The code that activates a channel: kept as a hash, with its end and the tries made.
  struct Code {
    std::string hash;
    Instant expires;
    int tries;
  };
  std::optional<Code> code(const Channel& channel);
  void set_code(const Channel& channel, const Code& code);

  Tags tags(const Scope& scope, const std::string& arn);
  void set_tags(const Scope& scope, const std::string& arn, const Tags& tags);

  std::optional<std::string> outcome_of(const Scope& scope, const std::string& operation, const std::string& token);
  void record_outcome(const Scope& scope, const std::string& operation, const std::string& token, const std::string& outcome);

 private:
  storage::StateExecutor& state_;
};

}  // namespace tocsin::oncall
