#include "telemetry/traces/trace_store.h"

#include <gtest/gtest.h>

#include "base/simulated_executor.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::telemetry {
namespace {
using namespace std::chrono_literals;

const Instant start = instant_from_ms(1'795'500'000'000);
const std::string trace = "1-6b0513e0-a006649127e371903a2de979";
const std::string other = "1-6b0513f0-a006649127e371903a2de979";
const Scope scope{"111122223333", "eu-west-1"};

SegmentDocument document(const std::string& trace_id, const std::string& id, Instant at, bool in_progress = false,
                         std::string text = "{}") {
  return {.trace_id = trace_id, .id = id, .start = at, .end = at + 1s, .in_progress = in_progress, .text = std::move(text)};
}

class Traces : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(store->open()); }
  void restart() {
    store = std::make_unique<TraceStore>(executor, *database, log);
    ASSERT_TRUE(store->open());
  }
  void put(SegmentDocument one) {
    std::vector<SegmentDocument> list;
    list.push_back(std::move(one));
    ASSERT_TRUE(store->append(scope, std::move(list)));
  }

  ManualClock clock{start};
  SimulatedExecutor executor{clock};
  std::unique_ptr<storage::Database> database = storage::open_memory_database();
  MemoryIngestLog log;
  std::unique_ptr<TraceStore> store = std::make_unique<TraceStore>(executor, *database, log);
};

TEST_F(Traces, AreFoundByIdAndByTheTimeInIt) {
  put(document(trace, "a", *trace_id_time(trace) + 300ms));
  put(document(other, "b", *trace_id_time(other)));
  EXPECT_EQ(store->find(scope, trace).texts.size(), 1u);
  EXPECT_TRUE(store->find({"444455556666", "eu-west-1"}, trace).texts.empty());
  const auto page = store->find(scope, {.from = *trace_id_time(trace), .to = *trace_id_time(trace) + 5s});
  ASSERT_EQ(page.traces.size(), 1u);
  EXPECT_EQ(page.traces[0].trace_id, trace);
}

TEST_F(Traces, AreListedNewestFirstPageByPage) {
  put(document(trace, "a", *trace_id_time(trace)));
  put(document(other, "b", *trace_id_time(other)));
  TraceQuery query{.from = start - 5h, .to = start + 1h, .count_max = 1};
  auto page = store->find(scope, query);
  ASSERT_EQ(page.traces.size(), 1u);
  EXPECT_EQ(page.traces[0].trace_id, other);
  ASSERT_FALSE(page.next.empty());
  query.after = page.next;
  page = store->find(scope, query);
  ASSERT_EQ(page.traces.size(), 1u);
  EXPECT_EQ(page.traces[0].trace_id, trace);
  EXPECT_TRUE(page.next.empty());
}

TEST_F(Traces, AWholeDocumentReplacesTheOneInProgressAndNeverTheOtherWay) {
  put(document(trace, "a", start, true, "progress"));
  put(document(trace, "a", start, false, "whole"));
  put(document(trace, "a", start, true, "late"));
  EXPECT_EQ(store->find(scope, trace).texts, std::vector<std::string>{"whole"});
  EXPECT_EQ(store->find(scope, trace).documents, 3);
}

TEST_F(Traces, OutliveARestartBeforeAndAfterTheyWereApplied) {
  put(document(trace, "a", start));
  restart();
  EXPECT_EQ(store->find(scope, trace).texts.size(), 1u);
  put(document(trace, "b", start));
  EXPECT_TRUE(store->flush());
  restart();
  EXPECT_EQ(store->find(scope, trace).documents, 2);
}

TEST_F(Traces, AreForgottenAfterThirtyDays) {
  put(document(trace, "a", start));
  store->flush();
  clock.advance(24h * 30 + 1min);
  put(document(other, "b", clock.now()));
  store->flush();
  store->sweep();
  EXPECT_TRUE(store->find(scope, trace).texts.empty());
  EXPECT_FALSE(store->find(scope, other).texts.empty());
}

TEST_F(Traces, AreRefusedWhenTheDiskIsFull) {
  log.refuses = true;
  std::vector<SegmentDocument> list;
  list.push_back(document(trace, "a", start));
  const auto kept = store->append(scope, std::move(list));
  ASSERT_FALSE(kept);
  EXPECT_EQ(kept.error().kind, ErrorKind::unavailable);
}

}  // namespace
}  // namespace tocsin::telemetry
