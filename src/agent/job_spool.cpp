#include "agent/job_spool.h"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "agent/registration.h"
#include "base/document.h"
#include "base/encoding.h"

namespace tocsin::agent {
namespace {
constexpr Duration remembered = std::chrono::hours(48);
constexpr std::string_view state_names[] = {"running", "finished", "done"};
}  // namespace

Result<void> JobSpool::open() {
  std::error_code error;
  std::filesystem::create_directories(directory_, error);
  if (error) return fail(ErrorKind::unavailable, directory_.string() + ": " + error.message());
  for (const auto& entry : std::filesystem::directory_iterator(directory_)) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream file(entry.path());
    std::ostringstream text;
    text << file.rdbuf();
    const Result<Document> read = parse_json(text.str());
    if (!read) continue;
    const std::string state = text_or(*read, "state");
    const State known = state == state_names[0] ? State::running : state == state_names[1] ? State::finished : State::done;
    entries_[text_or(*read, "job_id")] = {known, text_or(*read, "reply"), instant_from_ms(integer_or(*read, "at_ms", 0))};
  }
  return {};
}

Result<void> JobSpool::write(const std::string& job_id, const Entry& entry) {
  const Object document{{"job_id", job_id}, {"state", state_names[static_cast<int>(entry.state)]}, {"reply", entry.reply}, {"at_ms", to_ms(entry.at)}};
  auto written = write_file_safely(directory_ / (percent_encode(job_id) + ".json"), to_json(document));
  if (written) entries_[job_id] = entry;
  return written;
}

void JobSpool::forget_old() {
  std::erase_if(entries_, [&](const auto& entry) {
    if (entry.second.state != State::done || clock_.now() - entry.second.at < remembered) return false;
    std::error_code error;
    std::filesystem::remove(directory_ / (percent_encode(entry.first) + ".json"), error);
    return true;
  });
}

Result<void> JobSpool::accept(const std::string& job_id) {
  const std::lock_guard lock(mutex_);
  forget_old();
  if (entries_.contains(job_id)) return fail(ErrorKind::already_exists, "the job was taken before");
  return write(job_id, {State::running, "", clock_.now()});
}

Result<void> JobSpool::finish(const std::string& job_id, const std::string& reply) {
  const std::lock_guard lock(mutex_);
  return write(job_id, {State::finished, reply, clock_.now()});
}

void JobSpool::acknowledged(const std::string& job_id) {
  const std::lock_guard lock(mutex_);
  const auto known = entries_.find(job_id);
  if (known != entries_.end() && known->second.state == State::finished) (void)write(job_id, {State::done, "", clock_.now()});
}

std::map<std::string, std::string> JobSpool::unacknowledged() const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, std::string> replies;
  for (const auto& [id, entry] : entries_)
    if (entry.state == State::finished) replies[id] = entry.reply;
  return replies;
}

std::vector<std::string> JobSpool::interrupted() const {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> ids;
  for (const auto& [id, entry] : entries_)
    if (entry.state == State::running) ids.push_back(id);
  return ids;
}

}  // namespace tocsin::agent
