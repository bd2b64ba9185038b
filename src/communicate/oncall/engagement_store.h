// Engagements, runs, pages, receipts and the secrets that acknowledge them, as stored. Threads: only on the StateExecutor, inside a unit of
// work.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "communicate/oncall/engagement.h"
#include "storage/state_executor.h"

namespace tocsin::oncall {

class EngagementStore {
 public:
  explicit EngagementStore(storage::StateExecutor& state) : state_(state) {}

  void insert(const Engagement& engagement);
  void set_stop(const Engagement& engagement, Instant at);
  std::optional<Engagement> find(const Scope& scope, const std::string& arn);
  /// Newest first, after the place `after` ("" = from the newest).
  std::vector<Engagement> list(const Scope& scope, const std::string& after, std::size_t count_max);
  std::vector<Engagement> of_incident(const Scope& scope, const std::string& incident_arn);
  static std::string place_of(const Engagement& engagement);

  /// Inserts or replaces.
  void put(const Run& run);
  std::optional<Run> find_run(const Scope& scope, const std::string& engagement_arn, const std::string& contact_arn);
  std::vector<Run> runs(const Engagement& engagement);

  void insert(const Page& page);
  void replace(const Page& page);
  std::optional<Page> find_page(const Scope& scope, const std::string& arn);
  /// The person's page of the incident, or of the engagement when it has none.
  std::optional<Page> page_for(const Engagement& engagement, const std::string& contact_arn);
  /// Oldest first.
  std::vector<Page> pages_by_engagement(const Scope& scope, const std::string& engagement_arn, const std::string& after,
                                        std::size_t count_max);
  /// Not acknowledged, newest first.
  std::vector<Page> unread_pages(const Scope& scope, const std::string& contact_arn, std::size_t count_max);
  std::vector<Page> pages_by_contact(const Scope& scope, const std::string& contact_arn, const std::string& after, std::size_t count_max);
  static std::string place_of(const Page& page);

  void add_receipt(const Page& page, const std::string& channel_arn, ReceiptType type, const std::string& info, Instant at);
  std::vector<Receipt> receipts(const Page& page);

  enum class SecretKind { link, undo, code, browser };
  struct Secret {
    Scope scope;
    std::string page_arn;
    SecretKind kind;
    Instant expires;
    std::optional<Instant> used;
  };
  /// Kept as SHA-256 alone.
  void add_secret(const Page& page, const std::string& secret, SecretKind kind, Instant expires);
  std::optional<Secret> find_secret(const std::string& secret);
  void use_secret(const std::string& secret, Instant at);

 private:
  std::vector<Page> pages_where(const Scope& scope, const char* column, const std::string& value, const std::string& after,
                                std::size_t count_max);
  storage::StateExecutor& state_;
};

}  // namespace tocsin::oncall
