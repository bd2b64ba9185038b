// A response's body that is written bit by bit while the connection stays open. The producer writes from any thread; the connection takes
// what waits and sends it as chunks.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

namespace tocsin::wire {

class BodyStream {
 public:
  // --- the producer's side; any thread
  /// False when the receiver went away: then nothing is kept.
  bool write(std::string_view bytes);
  /// No more will come; what waits is still sent.
  void end();
  bool receiver_is_there() const;
  /// Whether a connection has begun to send it.
  bool attached() const;
  /// Written, not yet taken.
  std::size_t waiting_bytes() const;

  // --- the connection's side
  /// `wake` is called (on the writer's thread) whenever there is something to take.
  void attach(std::function<void()> wake);
  /// What waits, "" when nothing does; nullopt when all was taken and the producer has ended.
  std::optional<std::string> take();
  /// The receiver went away.
  void close();

 private:
  mutable std::mutex mutex_;
  std::string waiting_;
  std::function<void()> wake_;
  bool attached_ = false, ended_ = false, closed_ = false;
};

/// The field by which a handler's response names the stream that is its body; never sent.
inline constexpr std::string_view body_stream_field = "x-tocsin-body-stream";

/// Streams on their way from who answers to the connection that sends them. Any thread.
class BodyStreams {
 public:
  /// Keeps the stream under a name that is not in use, until it is taken.
  void add(const std::string& name, std::shared_ptr<BodyStream> stream);
  /// nullptr when there is none of that name.
  std::shared_ptr<BodyStream> take(std::string_view name);

 private:
  std::mutex mutex_;
  std::map<std::string, std::weak_ptr<BodyStream>, std::less<>> streams_;
};

}  // namespace tocsin::wire
