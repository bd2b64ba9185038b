#include "telemetry/logs/live_tail/live_tails.h"

#include <algorithm>
#include <boost/json.hpp>
#include <deque>

#include "base/ids.h"
#include "wire/event_stream/event_stream.h"
#include "wire/http/body_stream.h"

namespace tocsin::telemetry {
namespace {

using namespace std::chrono_literals;

constexpr Duration look_every = 200ms;
constexpr Duration session_max = 3h;
// the answer that names the stream was never sent: its unit of work failed, or the caller had gone
constexpr Duration unclaimed_max = 30s;
constexpr std::int64_t sessions_max = 15;
constexpr std::size_t updates_waiting_max = 10;
// what the connection may hold beyond the updates that wait here
constexpr std::size_t connection_bytes_max = 256 * 1024;

Array texts(const std::vector<std::string>& values) {
  Array array;
  for (const std::string& value : values) array.emplace_back(value);
  return array;
}

std::string session_start(const LiveTailRequest& request, const std::string& request_id, const std::string& session_id) {
  return to_json(Object{{"requestId", request_id},
                        {"sessionId", session_id},
                        {"logGroupIdentifiers", texts(request.group_identifiers)},
                        {"logStreamNames", texts(request.stream_names)},
                        {"logStreamNamePrefixes", texts(request.stream_prefixes)},
                        {"logEventFilterPattern", request.filter_pattern}});
}

std::string session_update(const LiveTailRequest& request, const LiveTailUpdate& update) {
  Array results;
  for (const LiveTailEvent& event : update.events)
    results.emplace_back(Object{{"logStreamName", event.stream},
                                {"logGroupIdentifier", request.scope.account + ":" + event.group},
                                {"message", event.message},
                                {"timestamp", event.time_ms},
                                {"ingestionTime", event.ingested_ms}});
  return to_json(Object{{"sessionMetadata", Object{{"sampled", update.sampled}}}, {"sessionResults", std::move(results)}});
}

}  // namespace

struct LiveTails::Open {
  LiveTailSession session;
  std::shared_ptr<wire::BodyStream> stream;
  Instant began;
  std::deque<std::string> waiting;  ///< updates that the receiver has not read yet

  /// False when the receiver has left.
  bool send(std::string update) {
    waiting.push_back(std::move(update));
    if (waiting.size() > updates_waiting_max) waiting.pop_front();
    return drain();
  }
  bool drain() {
    while (!waiting.empty() && stream->waiting_bytes() < connection_bytes_max) {
      if (!stream->write(waiting.front())) return false;
      waiting.pop_front();
    }
    return stream->receiver_is_there();
  }
};

LiveTails::LiveTails(Executor& executor, Random& random) : executor_(executor), random_(random) {}
LiveTails::~LiveTails() {
  for (const auto& each : open_) each->stream->end();
}

Result<std::shared_ptr<wire::BodyStream>> LiveTails::open(LiveTailRequest request, const std::string& request_id) {
  std::erase_if(open_, [](const auto& each) { return !each->stream->receiver_is_there(); });
  const auto same_account = [&](const auto& each) { return each->session.request().scope == request.scope; };
  if (std::count_if(open_.begin(), open_.end(), same_account) >= sessions_max)
    return fail(ErrorKind::limit_exceeded, "The account has 15 Live Tail sessions, which is the most there may be at once.");
  auto stream = std::make_shared<wire::BodyStream>();
  stream->write(wire::encode_event("initial-response", "{}"));
  stream->write(wire::encode_event("sessionStart", session_start(request, request_id, make_uuid_v4(random_))));
  open_.push_back(std::make_unique<Open>(Open{LiveTailSession(std::move(request), random_), stream, executor_.now(), {}}));
  plan();
  return stream;
}

bool LiveTails::wants(const LogGroup& group, const LogStream& stream) const {
  return std::any_of(open_.begin(), open_.end(), [&](const auto& each) { return each->session.wants(group, stream); });
}

void LiveTails::offer(const LogGroup& group, const LogStream& stream, std::int64_t ingested_ms, std::int64_t time_ms,
                      const MessageView& message) {
  for (const auto& each : open_)
    if (each->session.wants(group, stream) && each->session.matches(message))
      each->session.offer({group.name, stream.name, std::string(message.text()), time_ms, ingested_ms});
}

void LiveTails::plan() {
  if (std::exchange(planned_, true)) return;
  executor_.post_after(look_every, [this, living = std::weak_ptr(alive_)] {
    if (living.lock()) tick();
  });
}

void LiveTails::tick() {
  planned_ = false;
  const Instant now = executor_.now();
  std::erase_if(open_, [&](const auto& each) {
    if (now - each->began >= session_max) {
      each->stream->write(wire::encode_exception("SessionTimeoutException", R"({"message":"The session has been open for three hours."})"));
      each->stream->end();
      return true;
    }
    if (!each->stream->attached() && now - each->began > unclaimed_max) return true;
    const auto update = each->session.update(to_ms(now));
    const bool there =
        update ? each->send(wire::encode_event("sessionUpdate", session_update(each->session.request(), *update))) : each->drain();
    return !there;
  });
  if (!open_.empty()) plan();
}

}  // namespace tocsin::telemetry
