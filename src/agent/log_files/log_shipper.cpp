#include "agent/log_files/log_shipper.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <boost/json.hpp>
#include <fstream>

#include "base/log.h"

namespace tocsin::agent {
namespace {

constexpr std::string_view part = "agent/log_files";
constexpr std::size_t lines_max = 5000, bytes_max = 512 << 10;
constexpr int batches_max = 100;

/// The whole file or the one before, also after a power cut.
Result<void> write_whole(const std::filesystem::path& file, const std::string& text) {
  const std::string writing = file.string() + ".new";
  const auto failed = [&] {
    return fail(ErrorKind::unavailable, file.string() + " cannot be written: " + std::error_code(errno, std::generic_category()).message());
  };
  const int descriptor = ::open(writing.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (descriptor < 0) return failed();
  std::size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = ::write(descriptor, text.data() + done, text.size() - done);
    if (wrote <= 0) return ::close(descriptor), failed();
    done += static_cast<std::size_t>(wrote);
  }
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced || ::rename(writing.c_str(), file.c_str()) != 0) return failed();
  return {};
}

}  // namespace

LogShipper::LogShipper(std::unique_ptr<LineSource> source, Target target, std::filesystem::path state_file, Call call)
    : source_(std::move(source)), target_(std::move(target)), state_file_(std::move(state_file)), call_(std::move(call)) {}

Result<void> LogShipper::open() {
  std::error_code error;
  std::filesystem::create_directories(state_file_.parent_path(), error);
  if (!std::filesystem::exists(state_file_, error)) return {};
  std::ifstream in(state_file_, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto state = parse_json(text);
  if (!in || !state) return fail(ErrorKind::unavailable, state_file_.string() + " cannot be read");
  place_ = text_or(*state, "place");
  last_ms_ = integer_or(*state, "last_ms", 0);
  if (const Document* batch = find(*state, "underway")) {
    underway_ = Batch{integer_or(*batch, "time_ms", 0), {}, text_or(*batch, "place_after"), true};
    for (const Document& line : array_at(*batch, "lines")) underway_->lines.emplace_back(line.get_string());
  }
  source_->go_to(underway_ ? underway_->place_after : place_);
  return {};
}

Result<void> LogShipper::save() const {
  Object state{{"place", place_}, {"last_ms", last_ms_}};
  if (underway_) {
    Array lines;
    for (const std::string& line : underway_->lines) lines.emplace_back(line);
    state["underway"] = Object{{"time_ms", underway_->time_ms}, {"place_after", underway_->place_after}, {"lines", std::move(lines)}};
  }
  return write_whole(state_file_, to_json(state));
}

Result<void> LogShipper::read_batch(Instant now) {
  Batch batch;
  batch.lines = source_->read(lines_max, bytes_max);
  if (batch.lines.empty()) {
    // blank lines and cursors move it on, too
    place_ = source_->place();
    return {};
  }
  batch.time_ms = std::max(to_ms(now), last_ms_ + 1);
  batch.place_after = source_->place();
  const std::int64_t before_ms = std::exchange(last_ms_, batch.time_ms);
  underway_ = std::move(batch);
  if (auto saved = save(); !saved) {
    // what is not on disk is not sent: it is read again
    underway_.reset();
    last_ms_ = before_ms;
    source_->go_to(place_);
    return saved;
  }
  return {};
}

Result<Document> LogShipper::make_and(const std::string& operation, const Object& input) const {
  auto answer = call_(operation, input);
  if (answer || answer.error().reason != "ResourceNotFoundException") return answer;
  (void)call_("CreateLogGroup", Object{{"logGroupName", target_.group}});
  auto made = call_("CreateLogStream", Object{{"logGroupName", target_.group}, {"logStreamName", target_.stream}});
  if (!made && made.error().reason != "ResourceAlreadyExistsException") return made;
  return call_(operation, input);
}

Result<bool> LogShipper::is_there() const {
  const auto answer = call_("GetLogEvents", Object{{"logGroupName", target_.group},
                                                   {"logStreamName", target_.stream},
                                                   {"startTime", underway_->time_ms},
                                                   {"endTime", underway_->time_ms + 1},
                                                   {"startFromHead", true},
                                                   {"limit", 1}});
  if (answer) return !array_at(*answer, "events").empty();
  if (answer.error().reason == "ResourceNotFoundException") return false;
  return std::unexpected(answer.error());
}

Result<void> LogShipper::taken() {
  place_ = underway_->place_after;
  underway_.reset();
  return {};
}

Result<void> LogShipper::send() {
  if (underway_->uncertain) {
    const auto there = is_there();
    if (!there) return std::unexpected(there.error());
    if (*there) return taken();
  }
  Array events;
  for (const std::string& line : underway_->lines) events.emplace_back(Object{{"timestamp", underway_->time_ms}, {"message", line}});
  const auto answer = make_and(
      "PutLogEvents", Object{{"logGroupName", target_.group}, {"logStreamName", target_.stream}, {"logEvents", std::move(events)}});
  if (answer) {
    if (find(*answer, "rejectedLogEventsInfo")) {
      refused_ += underway_->lines.size();
      log::warning(part, "the server refused events: they are too old, or too new", {{"log_group", target_.group}});
    }
    return taken();
  }
  if (answer.error().kind == ErrorKind::invalid) {
    refused_ += underway_->lines.size();
    log::error(part, "a batch can never be taken, and is left out", {{"log_group", target_.group}, {"error", answer.error().message}});
    return taken();
  }
  underway_->uncertain = true;
  return std::unexpected(answer.error());
}

Result<bool> LogShipper::round(Instant now) {
  for (int i = 0; i < batches_max; ++i) {
    if (!underway_)
      if (auto read = read_batch(now); !read) return std::unexpected(read.error());
    if (!underway_) {
      if (i > 0)
        if (auto saved = save(); !saved) return std::unexpected(saved.error());
      return true;
    }
    if (auto sent = send(); !sent) return std::unexpected(sent.error());
  }
  return false;
}

}  // namespace tocsin::agent
