#include "storage/embedded/file_ingest_log.h"

#include <algorithm>
#include <mutex>

#include "base/log.h"
#include "storage/embedded/log_segment.h"

namespace tocsin::storage {
namespace {

class FileIngestLog final : public IngestLog {
 public:
  FileIngestLog(std::unique_ptr<LogFolder> folder, std::uint64_t segment_size_max)
      : folder_(std::move(folder)), segment_size_max_(segment_size_max) {}
  Result<void> recover();

  Result<std::uint64_t> append(std::string_view record) override;
  Result<void> sync() override;
  Result<void> read(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit) override;
  Result<void> skip_to(std::uint64_t offset) override;
  void trim(std::uint64_t offset) override;
  void cut(std::uint64_t offset) override;
  Result<void> clear() override;
  std::uint64_t next_offset() const override;

 private:
  using Segment = std::shared_ptr<LogSegment>;
  Result<Segment> open_segment(std::uint64_t first_offset);
  Result<std::uint64_t> append_quietly(std::string_view record);
  void tell_refusals(const Result<std::uint64_t>& appended);
  Result<void> begin_segment(std::uint64_t first_offset);
  std::vector<Segment> segments_from(std::uint64_t offset) const;
  LogSegment::Place place_in(const LogSegment& segment, std::uint64_t offset) const;

  std::unique_ptr<LogFolder> folder_;
  const std::uint64_t segment_size_max_;
  mutable std::mutex mutex_;       ///< guards the members below; held for no disk access but opening and removing segments
  std::vector<Segment> segments_;  ///< by offset; the last is appended to
  bool folder_is_dirty_ = true;
  std::uint64_t refused_ = 0;  ///< records, since the disk took one; of the appending thread
  std::mutex syncing_;
  // where the last read ended: readers follow one another through the log
  LogSegment::Place last_read_{};
  std::uint64_t last_read_segment_ = 0;
};

Result<FileIngestLog::Segment> FileIngestLog::open_segment(std::uint64_t first_offset) {
  auto file = folder_->open(segment_name(first_offset));
  if (!file) return std::unexpected(file.error());
  return std::make_shared<LogSegment>(first_offset, std::move(*file));
}

Result<void> FileIngestLog::recover() {
  auto names = folder_->list();
  if (!names) return std::unexpected(names.error());
  std::sort(names->begin(), names->end());
  for (const std::string& name : *names) {
    const auto first_offset = offset_of_segment_name(name);
    if (!first_offset) continue;
    auto segment = open_segment(*first_offset);
    if (!segment) return std::unexpected(segment.error());
    if (auto recovered = (*segment)->recover(); !recovered) return recovered;
    segments_.push_back(std::move(*segment));
  }
  if (segments_.empty()) return begin_segment(0);
  return {};
}

Result<void> FileIngestLog::begin_segment(std::uint64_t first_offset) {
  auto segment = open_segment(first_offset);
  if (!segment) return std::unexpected(segment.error());
  segments_.push_back(std::move(*segment));
  folder_is_dirty_ = true;
  return {};
}

Result<std::uint64_t> FileIngestLog::append(std::string_view record) {
  auto offset = append_quietly(record);
  tell_refusals(offset);
  return offset;
}

/// A line when the disk begins to refuse and one when it takes again, however many records are sent in between.
void FileIngestLog::tell_refusals(const Result<std::uint64_t>& appended) {
  if (appended) {
    if (refused_ > 0) log::info("storage/ingest_log", "the disk takes records again", {{"refused", std::to_string(refused_)}});
    refused_ = 0;
  } else if (appended.error().kind != ErrorKind::limit_exceeded && refused_++ == 0) {
    log::error("storage/ingest_log", "the disk refuses records: what is sent is refused until it takes them again",
               {{"error", appended.error().message}});
  }
}

Result<std::uint64_t> FileIngestLog::append_quietly(std::string_view record) {
  if (record.size() > record_size_max) return fail(ErrorKind::limit_exceeded, "a record of the ingest log holds at most 64 MiB");
  Segment segment;
  {
    std::lock_guard lock(mutex_);
    segment = segments_.back();
    if (segment->size() >= segment_size_max_) {
      if (auto begun = begin_segment(segment->next_offset()); !begun) return std::unexpected(begun.error());
      segment = segments_.back();
    }
  }
  const std::uint64_t offset = segment->next_offset();
  if (auto appended = segment->append(record); !appended) return std::unexpected(appended.error());
  return offset;
}

Result<void> FileIngestLog::sync() {
  std::lock_guard one_at_a_time(syncing_);
  std::vector<Segment> dirty;
  bool folder_is_dirty;
  {
    std::lock_guard lock(mutex_);
    for (const Segment& segment : segments_)
      if (!segment->synced()) dirty.push_back(segment);
    folder_is_dirty = std::exchange(folder_is_dirty_, false);
  }
  for (const Segment& segment : dirty)
    if (auto synced = segment->sync(); !synced) {
      std::lock_guard lock(mutex_);
      folder_is_dirty_ |= folder_is_dirty;
      return synced;
    }
  if (!folder_is_dirty) return {};
  auto synced = folder_->sync();
  if (!synced) {
    std::lock_guard lock(mutex_);
    folder_is_dirty_ = true;
  }
  return synced;
}

std::vector<FileIngestLog::Segment> FileIngestLog::segments_from(std::uint64_t offset) const {
  std::vector<Segment> found;
  for (const Segment& segment : segments_)
    if (segment->next_offset() > offset) found.push_back(segment);
  return found;
}

LogSegment::Place FileIngestLog::place_in(const LogSegment& segment, std::uint64_t offset) const {
  const bool known = last_read_segment_ == segment.first_offset() && last_read_.position > 0 && last_read_.offset <= offset;
  return known ? last_read_ : segment.begin();
}

Result<void> FileIngestLog::read(std::uint64_t from, const std::function<bool(std::uint64_t, std::string_view)>& visit) {
  std::unique_lock lock(mutex_);
  const std::vector<Segment> segments = segments_from(from);
  for (const Segment& segment : segments) {
    LogSegment::Place place = place_in(*segment, from);
    lock.unlock();
    auto went_on =
        segment->visit(place, [&](std::uint64_t offset, std::string_view record) { return offset < from || visit(offset, record); });
    if (!went_on) return std::unexpected(went_on.error());
    lock.lock();
    last_read_ = place;
    last_read_segment_ = segment->first_offset();
    if (!*went_on) return {};
  }
  return {};
}

Result<void> FileIngestLog::skip_to(std::uint64_t offset) {
  std::lock_guard lock(mutex_);
  if (offset <= segments_.back()->next_offset()) return {};
  return begin_segment(offset);
}

void FileIngestLog::trim(std::uint64_t offset) {
  std::lock_guard lock(mutex_);
  while (segments_.size() > 1 && segments_.front()->next_offset() <= offset) {
    if (auto removed = folder_->remove(segment_name(segments_.front()->first_offset())); !removed) {
      log::warning("storage/ingest_log", "a segment could not be removed yet", {{"error", removed.error().message}});
      return;
    }
    segments_.erase(segments_.begin());
    folder_is_dirty_ = true;
  }
}

void FileIngestLog::cut(std::uint64_t offset) {
  // a file of a few records is not worth another
  constexpr std::uint64_t worth_cutting = 64 * 1024;
  {
    std::lock_guard lock(mutex_);
    const LogSegment& last = *segments_.back();
    if (last.size() >= worth_cutting && last.next_offset() <= offset) {
      const std::uint64_t next = last.next_offset();
      auto begun = begin_segment(next);
      // else a power cut could take the new file, and leave none that knows the next offset
      if (begun) begun = folder_->sync();
      if (!begun) return log::warning("storage/ingest_log", "a segment could not be begun", {{"error", begun.error().message}});
    }
  }
  trim(offset);
}

Result<void> FileIngestLog::clear() {
  std::lock_guard lock(mutex_);
  const std::uint64_t next = segments_.back()->next_offset();
  if (segments_.back()->first_offset() != next)
    if (auto begun = begin_segment(next); !begun) return begun;
  while (segments_.size() > 1) {
    if (auto removed = folder_->remove(segment_name(segments_.front()->first_offset())); !removed) return removed;
    segments_.erase(segments_.begin());
    folder_is_dirty_ = true;
  }
  return {};
}

std::uint64_t FileIngestLog::next_offset() const {
  std::lock_guard lock(mutex_);
  return segments_.back()->next_offset();
}

}  // namespace

Result<std::unique_ptr<IngestLog>> open_file_ingest_log(const std::string& folder_path) {
  auto folder = open_log_folder(folder_path);
  if (!folder) return std::unexpected(folder.error());
  return open_ingest_log(std::move(*folder));
}

Result<std::unique_ptr<IngestLog>> open_ingest_log(std::unique_ptr<LogFolder> folder, std::uint64_t segment_size_max) {
  auto log = std::make_unique<FileIngestLog>(std::move(folder), segment_size_max);
  if (auto recovered = log->recover(); !recovered) return std::unexpected(recovered.error());
  return log;
}

}  // namespace tocsin::storage
