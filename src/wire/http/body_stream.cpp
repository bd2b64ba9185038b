#include "wire/http/body_stream.h"

#include <utility>

namespace tocsin::wire {

bool BodyStream::write(std::string_view bytes) {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    if (closed_ || ended_) return false;
    waiting_ += bytes;
    wake = wake_;
  }
  if (wake) wake();
  return true;
}

void BodyStream::end() {
  std::function<void()> wake;
  {
    std::lock_guard lock(mutex_);
    ended_ = true;
    wake = wake_;
  }
  if (wake) wake();
}

bool BodyStream::receiver_is_there() const {
  std::lock_guard lock(mutex_);
  return !closed_;
}

bool BodyStream::attached() const {
  std::lock_guard lock(mutex_);
  return attached_;
}

std::size_t BodyStream::waiting_bytes() const {
  std::lock_guard lock(mutex_);
  return waiting_.size();
}

void BodyStream::attach(std::function<void()> wake) {
  std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
  attached_ = true;
}

std::optional<std::string> BodyStream::take() {
  std::lock_guard lock(mutex_);
  if (waiting_.empty() && ended_) return std::nullopt;
  return std::exchange(waiting_, {});
}

void BodyStream::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  waiting_.clear();
  wake_ = {};
}

void BodyStreams::add(const std::string& name, std::shared_ptr<BodyStream> stream) {
  std::lock_guard lock(mutex_);
  // what nobody came for, because its unit of work failed, goes with its producer
  std::erase_if(streams_, [](const auto& each) { return each.second.expired(); });
  streams_[name] = stream;
}

std::shared_ptr<BodyStream> BodyStreams::take(std::string_view name) {
  std::lock_guard lock(mutex_);
  const auto found = streams_.find(name);
  if (found == streams_.end()) return nullptr;
  auto stream = found->second.lock();
  streams_.erase(found);
  return stream;
}

}  // namespace tocsin::wire
