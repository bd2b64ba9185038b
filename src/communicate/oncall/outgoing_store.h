// What went out to people and what waits to: the log that storm control looks at, pages that were folded, messages and the names by which
// providers and mail servers speak of them. Threads: only on the StateExecutor, inside a unit of work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "communicate/oncall/engagement.h"
#include "communicate/storm/storm_planner.h"
#include "storage/state_executor.h"

namespace tocsin::oncall {

/// A page that is told in a digest instead of by itself.
struct FoldedPage {
  std::string page_arn, engagement_arn, channel_arn;
  int stage = 0;
  int impact = 3;
  std::string line;    ///< of the digest
  std::string reason;  ///< why it was folded
  Instant at;
};

enum class MessageState { sent, taken, failed };

/// One message on its way, by one channel.
struct OutgoingMessage {
  Scope scope;
  std::string id;  ///< the parcel's
  std::string page_arn, channel_arn, engagement_arn;
  int stage = 0;
  std::string mail_id;      ///< Message-ID without brackets; empty but for mail
  std::string provider_id;  ///< how the gateway names it; known once it was taken
  MessageState state = MessageState::sent;
  Instant sent;
};

class OutgoingStore {
 public:
  explicit OutgoingStore(storage::StateExecutor& state) : state_(state) {}

  /// Of the last hour: pages and digests, and what was folded of this group.
  std::vector<storm::Told> told(const Scope& scope, const std::string& contact_arn, const std::string& group, Instant now);
  void add_told(const Scope& scope, const std::string& contact_arn, const storm::Told& told);

  std::optional<Instant> digest_due(const Scope& scope, const std::string& contact_arn);
  void set_digest_due(const Scope& scope, const std::string& contact_arn, std::optional<Instant> due);
  /// Once for a page and a digest.
  void add_folded(const Scope& scope, const std::string& contact_arn, const FoldedPage& page);
  bool is_folded(const Scope& scope, const std::string& contact_arn, const std::string& page_arn);
  /// What waits for the next digest of a person, the worst first. They belong to `digest` from now on.
  std::vector<FoldedPage> take_folded(const Scope& scope, const std::string& contact_arn, const std::string& digest);
  std::vector<FoldedPage> folded_in(const std::string& digest);

  void insert(const OutgoingMessage& message);
  void replace(const OutgoingMessage& message);
  std::optional<OutgoingMessage> find(const std::string& id);
  std::optional<OutgoingMessage> find_by_mail(const std::string& message_id);
  std::optional<OutgoingMessage> find_by_provider(const std::string& provider_id);
  std::vector<OutgoingMessage> messages_of(const Scope& scope, const std::string& page_arn);

  void set_browser(const std::string& channel_arn, const Document& subscription);
  std::optional<Document> browser(const std::string& channel_arn);
  struct PushKey {
    std::string private_number, public_point;  ///< raw
  };
  std::optional<PushKey> push_key();
  void set_push_key(const PushKey& key);

 private:
  std::optional<OutgoingMessage> one_where(const char* column, const std::string& value);
  storage::StateExecutor& state_;
};

}  // namespace tocsin::oncall
