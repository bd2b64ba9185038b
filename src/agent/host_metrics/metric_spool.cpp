#include "agent/host_metrics/metric_spool.h"

#include <algorithm>
#include <charconv>
#include <fstream>
#include <sstream>

namespace tocsin::agent {

std::filesystem::path MetricSpool::path_of(std::uint64_t number) const { return directory_ / (std::to_string(number) + ".json"); }

Result<void> MetricSpool::open() {
  std::error_code failed;
  std::filesystem::create_directories(directory_, failed);
  if (failed) return fail(ErrorKind::unavailable, directory_.string() + ": " + failed.message());
  for (const auto& entry : std::filesystem::directory_iterator(directory_, failed)) {
    const std::string name = entry.path().filename();
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc{} || std::string_view(end) != ".json") {
      // a write that was cut short
      std::filesystem::remove(entry.path(), failed);
      continue;
    }
    files_.push_back({number, entry.file_size(failed)});
    bytes_ += files_.back().bytes;
    next_ = std::max(next_, number + 1);
  }
  std::sort(files_.begin(), files_.end(), [](const File& a, const File& b) { return a.number < b.number; });
  return {};
}

Result<void> MetricSpool::add(const std::string& request) {
  while (!files_.empty() && bytes_ + request.size() > bytes_max_) {
    pop_front();
    ++lost_;
  }
  const std::filesystem::path path = path_of(next_), writing = path.string() + ".new";
  {
    std::ofstream file(writing, std::ios::binary);
    file << request;
    if (!file.flush()) return fail(ErrorKind::unavailable, writing.string() + " cannot be written");
  }
  std::error_code failed;
  std::filesystem::rename(writing, path, failed);
  if (failed) return fail(ErrorKind::unavailable, path.string() + ": " + failed.message());
  files_.push_back({next_++, request.size()});
  bytes_ += request.size();
  return {};
}

std::string MetricSpool::front() const {
  std::ostringstream text;
  if (const std::ifstream file(path_of(files_.front().number), std::ios::binary); file) text << file.rdbuf();
  return std::move(text).str();
}

void MetricSpool::pop_front() {
  std::error_code failed;
  std::filesystem::remove(path_of(files_.front().number), failed);
  bytes_ -= std::min(bytes_, files_.front().bytes);
  files_.pop_front();
}

}  // namespace tocsin::agent
