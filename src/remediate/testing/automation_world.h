// One life of a server that runs automations over a database file: services that answer from a ledger in the same database, evidence that
// takes its time, and a database that dies at a chosen commit. A second life on the same file goes on where the first one died.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>

#include "base/simulated_executor.h"
#include "delivery/timers.h"
#include "remediate/automation/automation_engine.h"
#include "storage/embedded/sqlite_database.h"

namespace tocsin::remediate::testing {

struct Crash : std::runtime_error {
  Crash() : std::runtime_error("the server died") {}
};

/// Dies at the commit of that number: before it is durable, or just after.
class MortalDatabase final : public storage::Database {
 public:
  explicit MortalDatabase(std::unique_ptr<storage::Database> inner) : inner_(std::move(inner)) {}
  void die_at(int commit, bool is_after) { commits_left_ = commit, is_after_ = is_after; }
  int commits() const { return commits_; }

  Result<void> migrate(std::string_view owner, const std::vector<storage::Migration>& migrations) override {
    return inner_->migrate(owner, migrations);
  }
  Result<void> clear(const std::vector<std::string_view>& kept_tables) override { return inner_->clear(kept_tables); }
  storage::Rows query(std::string_view sql, std::initializer_list<storage::Parameter> parameters) override {
    return inner_->query(sql, parameters);
  }
  storage::Rows query(std::string_view sql, const std::vector<storage::Parameter>& parameters) override {
    return inner_->query(sql, parameters);
  }
  std::int64_t execute(std::string_view sql, std::initializer_list<storage::Parameter> parameters) override {
    return inner_->execute(sql, parameters);
  }
  void begin_group() override { inner_->begin_group(); }
  void begin_reading_group() override { inner_->begin_reading_group(); }
  Result<void> commit_group() override {
    ++commits_;
    const bool dies = commits_left_ > 0 && --commits_left_ == 0;
    if (dies && !is_after_) throw Crash();
    auto committed = inner_->commit_group();
    if (dies) throw Crash();
    return committed;
  }
  void enter() override { inner_->enter(); }
  void leave(bool keep) override { inner_->leave(keep); }
  bool poisoned() const override { return inner_->poisoned(); }

 private:
  std::unique_ptr<storage::Database> inner_;
  int commits_left_ = 0, commits_ = 0;
  bool is_after_ = false;
};

struct Entry {
  std::string key, operation, input;
  Instant at;
};

/// Answers "service.Operation" by the handlers given; every carried out call is in the ledger, in the call's own unit.
class LedgerServices final : public ApiCaller {
 public:
  using Handler = std::function<ApiOutcome(const ApiRequest&)>;
  explicit LedgerServices(storage::StateExecutor& state) : state_(state) {
    (void)state.database().migrate("test", {{1,
                                             "CREATE TABLE test_ledger (number INTEGER PRIMARY KEY, key TEXT NOT NULL, operation TEXT NOT "
                                             "NULL, input TEXT NOT NULL, at INTEGER NOT NULL);"}});
  }
  void on(const std::string& operation, Handler handler) { handlers_[operation] = std::move(handler); }
  /// The deed in one unit, its record in the next: what operations that answer later look like.
  void answer_later() { is_later_ = true; }

  void call(ApiRequest request, Record record, Task lost) override {
    auto outcome = std::make_shared<ApiOutcome>();
    auto keep = std::make_shared<Record>(std::move(record));
    auto gone = std::make_shared<Task>(std::move(lost));
    state_.submit(
        [this, request, outcome, keep]() -> Result<void> {
          *outcome = carry_out(request);
          return is_later_ ? Result<void>{} : (*keep)(*outcome);
        },
        [this, outcome, keep, gone](Result<void> done) {
          if (!done) return (*gone)();
          if (is_later_)
            state_.submit([outcome, keep] { return (*keep)(*outcome); },
                          [gone](Result<void> recorded) {
                            if (!recorded) (*gone)();
                          });
        });
  }

  std::vector<Entry> ledger() {
    std::vector<Entry> entries;
    for (const auto& row : state_.database().query("SELECT key, operation, input, at FROM test_ledger ORDER BY number"))
      entries.push_back({row.text(0), row.text(1), row.text(2), row.instant(3)});
    return entries;
  }
  std::vector<Entry> ledger(const std::string& operation) {
    auto entries = ledger();
    std::erase_if(entries, [&](const Entry& entry) { return entry.operation != operation; });
    return entries;
  }

 private:
  ApiOutcome carry_out(const ApiRequest& request) {
    const std::string operation = request.service + "." + request.operation;
    state_.database().execute("INSERT INTO test_ledger (key, operation, input, at) VALUES (?, ?, ?, ?)",
                              {request.key, operation, request.input, state_.now()});
    const auto handler = handlers_.find(operation);
    if (handler == handlers_.end()) return {.error_code = "UnknownOperation", .error_message = operation};
    return handler->second(request);
  }

  storage::StateExecutor& state_;
  std::map<std::string, Handler> handlers_;
  bool is_later_ = false;
};

/// Evidence that is there after `takes`; never, when that is zero.
class SlowEvidence final : public EvidenceKeeper {
 public:
  explicit SlowEvidence(Executor& executor) : executor_(executor) {}
  void keep(EvidenceRequest request, Done done) override {
    asked.push_back(std::move(request));
    if (takes > Duration{})
      executor_.post_after(takes, [done = std::move(done)]() mutable { done(parse_json(R"({"Stored":"evidence/1"})")); });
  }
  Duration takes = std::chrono::seconds(3);
  std::vector<EvidenceRequest> asked;

 private:
  Executor& executor_;
};

class AutomationWorld {
 public:
  AutomationWorld(const std::string& path, Instant now)
      : clock(now),
        database(path.empty() ? storage::open_memory_database() : open(path)),
        state(executor, database),
        api(state),
        evidence(executor) {
    for (const auto& migrated :
         {journal.migrate(), timers.migrate(), tags.migrate(), parameters.migrate(), documents.migrate(), engine.migrate()})
      if (!migrated) throw std::runtime_error(migrated.error().message);
  }
  /// Begins what a server begins at start.
  void start() { journal.start(), timers.start(), engine.start(); }

  template <typename Work>
  auto in_unit(Work work) {
    using Outcome = decltype(work());
    std::optional<Outcome> outcome;
    state.submit([&]() -> Result<void> {
      outcome = work();
      return {};
    });
    executor.run_ready();
    return std::move(*outcome);
  }

  Result<StoredDocument> create(const std::string& name, const std::string& yaml) {
    return in_unit(
        [&] { return documents.create(scope, {.name = name, .type = "Automation", .text = yaml, .format = DocumentFormat::yaml}); });
  }
  Result<std::string> begin(StartAutomation request) {
    if (request.principal.arn.empty())
      request.principal = {.account = scope.account, .arn = "arn:aws:iam::000000000000:user/alice", .name = "alice"};
    return in_unit([&] { return engine.begin(scope, request); });
  }
  Execution execution(const std::string& id) {
    return in_unit([&] { return engine.find(scope, id).value(); });
  }

  const Scope scope{"000000000000", "eu-west-1"};
  ManualClock clock;
  SimulatedExecutor executor{clock};
  SeededRandom random{11};
  MortalDatabase database;
  storage::StateExecutor state;
  events::Journal journal{state, random};
  delivery::Timers timers{state};
  ResourceTags tags{database};
  std::unique_ptr<SecretCipher> cipher = make_aes_cipher(std::string(32, 'k'), random);
  ParameterStore parameters{state, journal, *cipher, tags};
  DocumentStore documents{state, tags, {{"Automation", check_runbook}}};
  LedgerServices api;
  SlowEvidence evidence;
  AutomationEngine engine{{state, random, journal, timers, documents, parameters, tags, api, evidence}};

 private:
  static std::unique_ptr<storage::Database> open(const std::string& path) { return std::move(storage::open_sqlite_database(path).value()); }
};

}  // namespace tocsin::remediate::testing
