// The metrics of the server alone, for measuring: HTTP, remote write, the ingest log, the store; and a read path that answers as
// GetMetricData does, without the protocol around it. POST /api/v1/write; GET /read?series=N&stat=Average[&sum=1]; GET /flush.
#include <fmt/format.h>

#include <array>
#include <charconv>
#include <csignal>
#include <filesystem>
#include <future>

#include "api/prometheus/remote_write_receiver.h"
#include "storage/embedded/file_ingest_log.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/metrics/chunk_metric_store.h"
#include "telemetry/metrics/math/metric_query.h"
#include "wire/http/http_server.h"
#include "wire/http/path_router.h"

namespace {

using namespace tocsin;

const Scope scope{"000000000000", "us-east-1"};

std::string parameter(const wire::HttpRequest& request, std::string_view name) {
  const std::string text = '&' + request.query;
  const auto at = text.find('&' + std::string(name) + '=');
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 2;
  return text.substr(begin, text.find('&', begin) - begin);
}

/// The queries of a page: metrics as metrics_bench names them.
std::vector<telemetry::MetricQuery> queries_of(int series, const std::string& stat, bool sum) {
  std::vector<telemetry::MetricQuery> queries;
  for (int i = 0; i < series; ++i) {
    telemetry::MetricStat one{
        .metric = {"Prometheus",
                   fmt::format("bench_metric_{}", i % 20),
                   {{"host", fmt::format("host-{:05}", i / 20)}, {"job", "bench"}, {"zone", fmt::format("eu-{}", i / 20 % 3)}}},
        .statistic = *telemetry::parse_statistic(stat),
        .unit = {}};
    queries.push_back({.id = fmt::format("m{}", i), .stat = std::move(one), .expression = {}, .label = {}, .return_data = !sum});
  }
  if (sum) queries.push_back({.id = "e1", .stat = {}, .expression = "SUM(METRICS())", .label = {}});
  return queries;
}

std::string to_text(const telemetry::QueryAnswer& answer) {
  std::string text;
  for (const telemetry::QueryResult& result : answer.results) {
    text += result.id;
    for (const telemetry::TimeValue& point : result.points) {
      std::array<char, 64> shown;
      char* at = shown.data();
      *at++ = ' ';
      at = std::to_chars(at, shown.data() + shown.size(), to_seconds(point.time)).ptr;
      *at++ = ':';
      at = std::to_chars(at, shown.data() + shown.size(), point.value).ptr;
      text.append(shown.data(), at);
    }
    text += '\n';
  }
  return text;
}

class Reads final : public wire::HttpHandler {
 public:
  Reads(Executor& executor, telemetry::ChunkMetricStore& store) : executor_(executor), store_(store) {}
  void handle(wire::HttpRequest request, wire::Respond respond) override {
    auto shared = std::make_shared<wire::Respond>(std::move(respond));
    executor_.post([this, request = std::move(request), shared] {
      if (request.path == "/flush") {
        (*shared)({.status = store_.flush() ? 200 : 500});
        return;
      }
      const auto queries =
          queries_of(std::atoi(parameter(request, "series").c_str()), parameter(request, "stat"), !parameter(request, "sum").empty());
      const Instant end{std::chrono::minutes(to_seconds(executor_.now()) / 60 + 1)};
      const auto answer = telemetry::answer_queries(store_, {queries, end - std::chrono::hours(24), end, {}, {.scope = scope, .now = end}});
      (*shared)({.status = answer ? 200 : 400, .body = answer ? to_text(*answer) : answer.error().message});
    });
  }

 private:
  Executor& executor_;
  telemetry::ChunkMetricStore& store_;
};

}  // namespace

int main(int count, char** arguments) {
  if (count != 3) return 2;
  const std::filesystem::path folder = arguments[1];
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  SystemClock clock;
  SystemRandom random;
  const auto executor = make_thread_executor(clock, "state");
  auto database = storage::open_sqlite_database(folder / "state.db"), chunks = storage::open_sqlite_database(folder / "metrics.db");
  auto log = storage::open_file_ingest_log(folder / "ingest");
  if (!database || !chunks || !log) return 1;
  storage::StateExecutor state(*executor, **database);
  access::IngestKeyStore keys(state, random);
  telemetry::ChunkMetricStore store(*executor, **chunks, **log);
  std::promise<bool> opened;
  executor->post([&] {
    const bool well = keys.migrate() && store.open();
    store.start();
    opened.set_value(well);
  });
  if (!opened.get_future().get()) return 1;
  api::RemoteWriteReceiver writes(state, keys, store, {.dev = true, .dev_scope = scope});
  Reads reads(*executor, store);
  wire::PathRouter paths(reads);
  paths.exact("/api/v1/write", writes);
  wire::HttpServer server({.listen = {{"127.0.0.1", static_cast<std::uint16_t>(std::atoi(arguments[2]))}}, .io_threads = 2}, clock, paths);
  if (!server.start()) return 1;
  int signal = 0;
  sigwait(&ends, &signal);
  server.stop();
  std::promise<void> flushed;
  executor->post([&] {
    store.flush();
    flushed.set_value();
  });
  flushed.get_future().get();
  executor->halt();
}
