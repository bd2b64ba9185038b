#include "detect/feeds/feeds.h"

#include <fmt/format.h>

#include <atomic>
#include <boost/json.hpp>

#include "base/log.h"
#include "detect/feeds/feed_entries.h"

namespace tocsin::detect {
namespace {

const std::vector<storage::Migration> migrations = {
    {1, R"(
CREATE TABLE feeds_specs (account TEXT NOT NULL, region TEXT NOT NULL, name TEXT NOT NULL, spec TEXT NOT NULL, PRIMARY KEY (account, region, name));
CREATE TABLE feeds_entries (
  account TEXT NOT NULL, region TEXT NOT NULL, feed TEXT NOT NULL, entry TEXT NOT NULL, document INTEGER NOT NULL, digest TEXT NOT NULL, is_open INTEGER NOT NULL,
  changed_at INTEGER NOT NULL, PRIMARY KEY (account, region, feed, entry));
)"},
};

constexpr int failures_told = 5;

using Key = std::tuple<std::string, std::string, std::string>;
using Entries = std::vector<FeedEntry>;

struct Watched {
  FeedSpec spec;
  int failed = 0;
  std::uint64_t generation = 0;
};

Scope scope_of(const Key& key) { return {std::get<0>(key), std::get<1>(key)}; }

Result<Entries> read_page(FeedKind kind, const Result<std::string>& page) {
  if (!page) return std::unexpected(page.error());
  return kind == FeedKind::statuspage ? read_statuspage(*page) : read_syndication(*page);
}

}  // namespace

struct Feeds::Parts : std::enable_shared_from_this<Parts> {
  Parts(storage::StateExecutor& state, Health& health, Reports& reports, SelfMetrics* metrics, FetchPage fetch)
      : state(state), entries(state, health), reports(reports), metrics(metrics), fetch(std::move(fetch)) {}

  void watch(const Key& key, FeedSpec spec);
  void plan(const Key& key, std::uint64_t generation, Instant at);
  void attempt(const Key& key, std::uint64_t generation);
  /// Gets the document of that number, and then the next; the last one plans the next reading.
  void get(const Key& key, std::uint64_t generation, int document, Instant next);
  void take(const Key& key, std::uint64_t generation, int document, const Result<Entries>& read);
  const Watched* current(const Key& key, std::uint64_t generation) const;

  storage::StateExecutor& state;
  FeedEntries entries;
  Reports& reports;
  SelfMetrics* metrics;
  FetchPage fetch;
  std::map<Key, Watched> watched;
  std::uint64_t last_generation = 0;
  bool started = false;
  std::atomic<bool> stopped = false;
};

void Feeds::Parts::watch(const Key& key, FeedSpec spec) {
  Watched& entry = watched[key];
  entry = {.spec = std::move(spec), .failed = 0, .generation = ++last_generation};
  if (started && fetch) plan(key, entry.generation, state.now());
}

void Feeds::Parts::plan(const Key& key, std::uint64_t generation, Instant at) {
  state.executor().post_at(at, [self = weak_from_this(), key, generation] {
    if (const auto parts = self.lock()) parts->attempt(key, generation);
  });
}

const Watched* Feeds::Parts::current(const Key& key, std::uint64_t generation) const {
  const auto found = watched.find(key);
  return stopped || found == watched.end() || found->second.generation != generation ? nullptr : &found->second;
}

void Feeds::Parts::attempt(const Key& key, std::uint64_t generation) {
  if (const Watched* feed = current(key, generation)) get(key, generation, 0, state.now() + feed->spec.every);
}

void Feeds::Parts::get(const Key& key, std::uint64_t generation, int document, Instant next) {
  const Watched* feed = current(key, generation);
  if (!feed) return;
  const auto urls = feed->spec.documents();
  const bool is_last = static_cast<std::size_t>(document) + 1 >= urls.size();
  const FeedKind kind = feed->spec.kind;
  fetch(urls[static_cast<std::size_t>(document)], feed->spec.timeout, [=, self = weak_from_this()](Result<std::string> page) {
    const auto parts = self.lock();
    if (!parts || parts->stopped) return;
    // what is long to read is read here, not where everybody waits for it
    const auto read = std::make_shared<Result<Entries>>(read_page(kind, page));
    parts->state.submit([parts, key, generation, document,
                         read]() -> Result<void> { return parts->take(key, generation, document, *read), Result<void>(); },
                        [parts, key, generation, document, is_last, next](Result<void>) {
                          if (parts->stopped) return;
                          if (is_last)
                            parts->plan(key, generation, std::max(next, parts->state.now()));
                          else
                            parts->get(key, generation, document + 1, next);
                        });
  });
}

void Feeds::Parts::take(const Key& key, std::uint64_t generation, int document, const Result<Entries>& read) {
  if (!current(key, generation)) return;
  Watched& feed = watched[key];
  const Scope scope = scope_of(key);
  if (metrics) metrics->record(scope, "Tocsin/Feeds", "Success", {{"Feed", feed.spec.name}}, read ? 1 : 0, "Count");
  ReportedAlert alert{.source = "feeds", .key = feed.spec.name, .name = feed.spec.name, .firing = false, .severity = "warning"};
  alert.labels = {{"feed", feed.spec.name}, {"target", feed.spec.url}, {"service", feed.spec.service}};
  // the first document says whether a page can be read: not all that speak like Statuspage have the others
  const bool is_first = document == 0;
  if (read) {
    entries.take(scope, feed.spec, document, *read);
    if (is_first) feed.failed = 0, reports.take(scope, alert);
    return;
  }
  log::warning("detect/feeds", "a status page cannot be read",
               {{"feed", feed.spec.name}, {"url", feed.spec.url}, {"error", read.error().message}});
  if (!is_first || ++feed.failed < failures_told) return;
  alert.firing = true;
  alert.summary = fmt::format("The status page {} cannot be read: {}", feed.spec.url, read.error().message);
  reports.take(scope, alert);
}

Feeds::Feeds(storage::StateExecutor& state, Health& health, Reports& reports, SelfMetrics* metrics, FetchPage fetch)
    : parts_(std::make_shared<Parts>(state, health, reports, metrics, std::move(fetch))) {}

Feeds::~Feeds() { parts_->stopped = true; }

Result<void> Feeds::migrate() { return parts_->state.database().migrate("feeds", migrations); }

void Feeds::start() {
  parts_->started = true;
  parts_->state.submit([parts = parts_]() -> Result<void> {
    for (const auto& row :
         parts->state.database().query("SELECT account, region, name, spec FROM feeds_specs ORDER BY account, region, name"))
      if (auto spec = read_feed(row.text(2), row.document(3))) parts->watch({row.text(0), row.text(1), row.text(2)}, std::move(*spec));
    return {};
  });
}

Result<void> Feeds::on_setting(const Scope& scope, const std::string& name, const std::optional<std::string>& text) {
  const Key key{scope.account, scope.region, name};
  if (!text) {
    parts_->state.database().execute("DELETE FROM feeds_specs WHERE account = ? AND region = ? AND name = ?",
                                     {scope.account, scope.region, name});
    parts_->entries.forget(scope, name);
    parts_->reports.take(scope, {.source = "feeds", .key = name, .name = name, .firing = false});
    parts_->state.after_commit([parts = parts_, key] { parts->watched.erase(key); });
    return {};
  }
  const auto document = parse_json(*text);
  if (!document) return fail(ErrorKind::invalid, "the parameter is no JSON: " + document.error().message);
  auto spec = read_feed(name, *document);
  if (!spec) return std::unexpected(spec.error());
  parts_->state.database().execute(
      "INSERT INTO feeds_specs (account, region, name, spec) VALUES (?,?,?,?) ON CONFLICT (account, region, name) DO UPDATE SET spec = "
      "excluded.spec",
      {scope.account, scope.region, name, *document});
  parts_->state.after_commit([parts = parts_, key, spec = std::move(*spec)]() mutable { parts->watch(key, std::move(spec)); });
  return {};
}

}  // namespace tocsin::detect
