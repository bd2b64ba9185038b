// Runs the corpus: data and queries with the answers that the guide of the language gives (testdata/corpus/README.md).
#include <gtest/gtest.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/simulated_executor.h"
#include "diagnose/log_query/log_queries.h"
#include "diagnose/query_languages/query_languages.h"
#include "storage/embedded/sqlite_database.h"
#include "telemetry/logs/block_log_store.h"
#include "telemetry/metrics/memory_ingest_log.h"

namespace tocsin::diagnose {
namespace {

const Scope shop{"111122223333", "eu-west-1"};
constexpr std::int64_t start_ms = 1'760'000'040'000;  // 2025-10-09 08:54:00

/// \n is a line break, \t a tab.
std::string unescaped(std::string text) {
  for (const auto& [written, meant] : {std::pair("\\n", "\n"), std::pair("\\t", "\t")})
    for (std::size_t at = 0; (at = text.find(written, at)) != std::string::npos; ++at) text.replace(at, 2, meant);
  return text;
}

/// `<100*ab>` is ab a hundred times.
std::string repeated(const std::string& text) {
  static const re2::RE2 times(R"((?s)^(.*?)<(\d{1,7})\*([^>]*)>(.*)$)");
  std::string before, part, rest = text, out;
  int count = 0;
  while (re2::RE2::FullMatch(rest, times, &before, &count, &part, &rest)) {
    out += before;
    for (int i = 0; i < count; ++i) out += part;
  }
  return out + rest;
}

struct Case {
  std::string text;
  int line = 0;
  std::vector<std::string> rows;
  std::optional<std::pair<std::size_t, std::string>> error;
};

class Corpus {
 public:
  /// Where the rows are when they are asked for: as they came, or in blocks, a few rows each, or in blocks that were merged.
  enum class Rows { waiting, in_blocks, merged };
  Corpus(const std::filesystem::path& file, Rows where) : file_(file), where_(where) {
    EXPECT_TRUE(store_.open());
    queries_.bind_lookup_tables([this](const Scope&, const std::string& name) { return tables_.contains(name) ? tables_[name] : nullptr; });
  }

  void run() {
    std::ifstream in(file_);
    std::string line;
    for (int number = 1; std::getline(in, line); ++number) read(line, number);
    ask();
  }

 private:
  void read(const std::string& line, int number) {
    if (line.empty() || line[0] == '#') return;
    std::istringstream words(line);
    std::string first, name;
    words >> first;
    if (first == "group") {
      words >> group_;
    } else if (first[0] == '+') {
      std::string stream, message;
      words >> stream;
      std::getline(words >> std::ws, message);
      const auto at_ms = start_ms + static_cast<std::int64_t>(std::stod(first.substr(1)) * 1000);
      ASSERT_TRUE(store_.append(*telemetry::ensure_stream(store_, shop, group_, stream), {{at_ms, repeated(unescaped(message))}}));
      if (where_ != Rows::waiting && ++appended_ % 3 == 0) put_away();
    } else if (first == "table") {
      std::string csv;
      words >> name;
      std::getline(words >> std::ws, csv);
      tables_[name] = std::make_shared<const LookupTable>(*LookupTable::parse(unescaped(csv)));
    } else if (first == "language") {
      ask();
      words >> language_;
    } else if (first == "use") {
      ask();
      groups_.clear();
      words >> name;
      put_away();
      std::istringstream names(name);
      for (std::string each; std::getline(names, each, ',');) groups_.push_back(each);
    } else if (first == "?") {
      ask();
      case_ = Case{.text = unescaped(line.substr(2)), .line = number, .rows = {}, .error = {}};
    } else if (first == "=" && case_) {
      case_->rows.push_back(line.size() > 2 ? line.substr(2) : "");
    } else if (first == "!" && case_) {
      std::size_t position = 0;
      std::string text;
      words >> position;
      std::getline(words >> std::ws, text);
      case_->error = {position, text};
    } else {
      ADD_FAILURE() << file_ << ":" << number << ": not understood";
    }
  }

  void put_away() {
    if (where_ == Rows::waiting) return;
    ASSERT_TRUE(store_.flush());
    if (where_ == Rows::merged)
      while (store_.merge_small_blocks() > 0) continue;
  }

  void ask() {
    if (!case_) return;
    const Case asked = *std::exchange(case_, std::nullopt);
    LogQueries::Start start{
        .scope = shop, .text = asked.text, .group_names = groups_, .range = {{}, start_ms - 3'600'000, start_ms + 3'600'000}, .user = {}};
    if (language_ != "CWLI") {
      const auto language = *parse_query_language(language_);
      start.language = language_;
      start.parse = [language](std::string_view query) { return parse_query_in(language, query); };
      if (const auto plan = start.parse(asked.text); plan && plan->source) start.group_names.clear();
    }
    for (const std::string& name : start.group_names) start.range.groups.push_back(store_.find_group(shop, name)->id);
    const auto id = queries_.start(std::move(start));
    const std::string where = file_.filename().string() + ":" + std::to_string(asked.line) + ": " + asked.text;
    if (!id) {
      const auto* error = std::get_if<QueryError>(&id.error());
      const std::string message = error ? error->message : std::get<Error>(id.error()).message;
      ASSERT_TRUE(asked.error) << where << "\n! " << (error ? error->begin : 0) << " " << message;
      EXPECT_NE(message.find(asked.error->second), std::string::npos) << where << "\n! " << message;
      EXPECT_EQ(error ? error->begin : 0, asked.error->first) << where << "\n! " << message;
      return;
    }
    executor_.run_ready();
    const LogQuery* query = queries_.find(shop, *id);
    EXPECT_FALSE(asked.error) << where << " was not refused";
    ASSERT_EQ(query->status, QueryStatus::complete) << where << ": " << query->failure;
    std::string wanted, got;
    for (const std::string& row : asked.rows) wanted += "= " + row + "\n";
    for (const ResultRow& row : query->results) got += "= " + shown(row) + "\n";
    EXPECT_EQ(got, wanted) << where;
  }

  static std::string shown(const ResultRow& row) {
    std::string text;
    for (const auto& [name, value] : row)
      if (name != "@ptr") text += (text.empty() ? "" : " ; ") + name + "=" + value;
    return text;
  }

  std::filesystem::path file_;
  Rows where_;
  int appended_ = 0;
  ManualClock clock_{instant_from_ms(start_ms + 3'600'000)};
  SimulatedExecutor executor_{clock_};
  SeededRandom random_{4};
  std::unique_ptr<storage::Database> database_ = storage::open_memory_database();
  telemetry::MemoryIngestLog log_;
  telemetry::BlockLogStore store_{executor_, *database_, log_};
  LogQueries queries_{executor_, store_, random_};
  std::map<std::string, std::shared_ptr<const LookupTable>> tables_;
  std::string group_, language_ = "CWLI";
  std::vector<std::string> groups_;
  std::optional<Case> case_;
};

TEST(LogQueryCorpus, AnswersAsTheGuideSays) {
  const std::filesystem::path folder = std::filesystem::path(TOCSIN_SOURCE_DIR) / "src/diagnose/log_query/testdata/corpus";
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    if (entry.path().extension() == ".txt") {
      for (const auto where : {Corpus::Rows::waiting, Corpus::Rows::in_blocks, Corpus::Rows::merged}) Corpus(entry.path(), where).run();
      ++files;
    }
  EXPECT_GT(files, 3u);
}

}  // namespace
}  // namespace tocsin::diagnose
