#include "wire/grpc/grpc_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <map>
#include <vector>

#include "wire/grpc/grpc_message.h"

namespace tocsin::wire {
namespace {

constexpr std::size_t prefix_bytes = 5;
constexpr std::uint32_t stream_window_bytes = 1 << 20;
constexpr std::int32_t connection_window_bytes = 4 << 20;
constexpr std::size_t output_bytes_max = 256 << 10;

struct Stream {
  HttpRequest request;
  std::string method_path, encoding, content_type;
  std::size_t header_bytes = 0;
  std::optional<Duration> deadline;
  bool whole = false;     ///< it was handed on
  bool answered = false;  ///< what still comes is thrown away
  std::string message;    ///< the answer's, with its prefix
  std::size_t sent = 0;
};

nghttp2_nv field(std::string_view name, std::string_view value) {
  return {reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())), reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())),
          name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::string_view text_of(const std::uint8_t* bytes, std::size_t count) { return {reinterpret_cast<const char*>(bytes), count}; }

}  // namespace

struct GrpcSession::Parts {
  GrpcLimits limits;
  Take take;
  nghttp2_session* session = nullptr;
  std::map<std::int32_t, Stream> streams;
  std::size_t held_bytes = 0;
  Duration now{};
  bool broken = false;

  Stream* find(std::int32_t id) {
    const auto found = streams.find(id);
    return found == streams.end() ? nullptr : &found->second;
  }
  void begin(std::int32_t id) { streams.try_emplace(id, Stream{.request = {.method = "POST"}}); }
  int header(std::int32_t id, std::string_view name, std::string_view value);
  void data(std::int32_t id, std::string_view bytes);
  void whole(std::int32_t id);
  void closed(std::int32_t id);
  void send_message(std::int32_t id, Stream& stream, std::string_view message);
  void send_status(std::int32_t id, Stream& stream, const GrpcStatus& status);
  ssize_t read_answer(std::int32_t id, std::uint8_t* into, std::size_t count, std::uint32_t& flags);
  void drop_body(Stream& stream) {
    held_bytes -= stream.request.body.size();
    stream.request.body = {};
  }
};

int GrpcSession::Parts::header(std::int32_t id, std::string_view name, std::string_view value) {
  Stream* stream = find(id);
  if (!stream) return 0;
  stream->header_bytes += name.size() + value.size() + 32;
  if (stream->header_bytes > limits.header_bytes_max) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  if (name == ":method") stream->request.method = value;
  if (name == ":path") stream->method_path = value;
  if (name == ":authority") stream->request.headers.set("Host", std::string(value));
  if (name == "grpc-encoding") stream->encoding = value;
  if (name == "content-type") stream->content_type = value;
  if (name == "grpc-timeout")
    if (const auto timeout = parse_grpc_timeout(value)) stream->deadline = now + *timeout;
  if (!name.starts_with(':') && !name.starts_with("grpc-") && name != "content-type" && name != "te" && name != "content-encoding" &&
      name != "host")
    stream->request.headers.add(std::string(name), std::string(value));
  return 0;
}

void GrpcSession::Parts::data(std::int32_t id, std::string_view bytes) {
  Stream* stream = find(id);
  if (!stream || stream->answered) return;
  const std::size_t size = stream->request.body.size() + bytes.size();
  if (size > limits.message_bytes_max + prefix_bytes || held_bytes + bytes.size() > limits.connection_bytes_max) {
    drop_body(*stream);
    return send_status(
        id, *stream,
        {GrpcCode::resource_exhausted, "the message is larger than this server takes (" + std::to_string(limits.message_bytes_max) + ")"});
  }
  stream->request.body += bytes;
  held_bytes += bytes.size();
}

// the client has said all
void GrpcSession::Parts::whole(std::int32_t id) {
  Stream* stream = find(id);
  if (!stream || stream->whole || stream->answered) return;
  stream->whole = true;
  if (stream->request.method != "POST" || !stream->content_type.starts_with("application/grpc")) {
    const std::string_view status = stream->request.method != "POST" ? "405" : "415";
    const nghttp2_nv fields[] = {field(":status", status)};
    stream->answered = true;
    nghttp2_submit_response(session, id, fields, std::size(fields), nullptr);
    return;
  }
  const std::string_view path = otlp_path_of(stream->method_path);
  if (path.empty()) return send_status(id, *stream, {GrpcCode::unimplemented, "unknown method " + stream->method_path});
  auto message = read_grpc_message(stream->request.body, stream->encoding, limits.message_bytes_max);
  drop_body(*stream);
  if (!message) return send_status(id, *stream, message.error());
  if (stream->deadline && *stream->deadline <= now)
    return send_status(id, *stream, {GrpcCode::deadline_exceeded, "the deadline has passed"});
  HttpRequest request = std::move(stream->request);
  request.target = request.path = path;
  request.body = std::move(*message);
  request.headers.set("Content-Type", "application/x-protobuf");
  take(id, std::move(request));
}

void GrpcSession::Parts::closed(std::int32_t id) {
  if (Stream* stream = find(id)) drop_body(*stream);
  streams.erase(id);
}

void GrpcSession::Parts::send_message(std::int32_t id, Stream& stream, std::string_view message) {
  stream.answered = true;
  stream.message = write_grpc_message(message);
  nghttp2_data_provider provider{};
  provider.source.ptr = this;
  provider.read_callback = [](nghttp2_session*, std::int32_t stream_id, std::uint8_t* into, std::size_t count, std::uint32_t* flags,
                              nghttp2_data_source* source,
                              void*) -> ssize_t { return static_cast<Parts*>(source->ptr)->read_answer(stream_id, into, count, *flags); };
  const nghttp2_nv fields[] = {field(":status", "200"), field("content-type", "application/grpc"),
                               field("grpc-accept-encoding", "identity, gzip")};
  nghttp2_submit_response(session, id, fields, std::size(fields), &provider);
}

ssize_t GrpcSession::Parts::read_answer(std::int32_t id, std::uint8_t* into, std::size_t count, std::uint32_t& flags) {
  Stream* stream = find(id);
  if (!stream) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  const std::size_t part = std::min(count, stream->message.size() - stream->sent);
  std::copy_n(stream->message.data() + stream->sent, part, into);
  stream->sent += part;
  if (stream->sent < stream->message.size()) return static_cast<ssize_t>(part);
  flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
  const nghttp2_nv trailer[] = {field("grpc-status", "0")};
  nghttp2_submit_trailer(session, id, trailer, std::size(trailer));
  return static_cast<ssize_t>(part);
}

// trailers alone
void GrpcSession::Parts::send_status(std::int32_t id, Stream& stream, const GrpcStatus& status) {
  stream.answered = true;
  const std::string code = std::to_string(static_cast<int>(status.code)), message = encode_grpc_message(status.message);
  const nghttp2_nv fields[] = {field(":status", "200"), field("content-type", "application/grpc"),
                               field("grpc-accept-encoding", "identity, gzip"), field("grpc-status", code), field("grpc-message", message)};
  nghttp2_submit_response(session, id, fields, std::size(fields), nullptr);
}

GrpcSession::GrpcSession(GrpcLimits limits, Take take)
    : parts_(std::make_unique<Parts>(Parts{.limits = limits, .take = std::move(take), .streams = {}})) {
  nghttp2_session_callbacks* callbacks = nullptr;
  nghttp2_session_callbacks_new(&callbacks);
  nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
    if (frame->hd.type == NGHTTP2_HEADERS && frame->headers.cat == NGHTTP2_HCAT_REQUEST)
      static_cast<Parts*>(user)->begin(frame->hd.stream_id);
    return 0;
  });
  nghttp2_session_callbacks_set_on_header_callback(
      callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                    const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
        return static_cast<Parts*>(user)->header(frame->hd.stream_id, text_of(name, name_size), text_of(value, value_size));
      });
  nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
      callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t count, void* user) {
        static_cast<Parts*>(user)->data(id, text_of(bytes, count));
        return 0;
      });
  nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
    const bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
    if (ends && (frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS))
      static_cast<Parts*>(user)->whole(frame->hd.stream_id);
    return 0;
  });
  nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
    static_cast<Parts*>(user)->closed(id);
    return 0;
  });
  nghttp2_session_server_new(&parts_->session, callbacks, parts_.get());
  nghttp2_session_callbacks_del(callbacks);
  const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, limits.streams_max},
                                             {NGHTTP2_SETTINGS_INITIAL_WINDOW_SIZE, stream_window_bytes},
                                             {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, static_cast<std::uint32_t>(limits.header_bytes_max)}};
  nghttp2_submit_settings(parts_->session, NGHTTP2_FLAG_NONE, settings, std::size(settings));
  nghttp2_session_set_local_window_size(parts_->session, NGHTTP2_FLAG_NONE, 0, connection_window_bytes);
}

GrpcSession::~GrpcSession() { nghttp2_session_del(parts_->session); }

bool GrpcSession::feed(std::string_view bytes, Duration now) {
  if (parts_->broken) return false;
  parts_->now = now;
  const ssize_t read = nghttp2_session_mem_recv(parts_->session, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  if (read >= 0) return true;
  parts_->broken = true;
  nghttp2_session_terminate_session(parts_->session, read == NGHTTP2_ERR_FLOODED ? NGHTTP2_ENHANCE_YOUR_CALM : NGHTTP2_PROTOCOL_ERROR);
  return false;
}

std::string GrpcSession::take_output() {
  std::string out;
  while (out.size() < output_bytes_max) {
    const std::uint8_t* bytes = nullptr;
    const ssize_t count = nghttp2_session_mem_send(parts_->session, &bytes);
    if (count <= 0) break;
    out += text_of(bytes, static_cast<std::size_t>(count));
  }
  return out;
}

void GrpcSession::answer(std::int32_t id, const HttpResponse& response) {
  Stream* stream = parts_->find(id);
  if (!stream || stream->answered) return;
  const GrpcStatus status = grpc_status_of(response);
  if (status.code == GrpcCode::ok)
    parts_->send_message(id, *stream, response.body);
  else
    parts_->send_status(id, *stream, status);
}

void GrpcSession::expire(Duration now) {
  parts_->now = now;
  for (auto& [id, stream] : parts_->streams) {
    if (stream.answered || !stream.deadline || *stream.deadline > now) continue;
    parts_->drop_body(stream);
    parts_->send_status(id, stream, {GrpcCode::deadline_exceeded, "the deadline has passed"});
  }
}

std::optional<Duration> GrpcSession::next_deadline() const {
  std::optional<Duration> next;
  for (const auto& [id, stream] : parts_->streams)
    if (!stream.answered && stream.deadline && (!next || *stream.deadline < *next)) next = stream.deadline;
  return next;
}

void GrpcSession::go_away() {
  nghttp2_submit_goaway(parts_->session, NGHTTP2_FLAG_NONE, nghttp2_session_get_last_proc_stream_id(parts_->session), NGHTTP2_NO_ERROR,
                        nullptr, 0);
}

std::size_t GrpcSession::open_streams() const { return parts_->streams.size(); }

bool GrpcSession::over() const { return !nghttp2_session_want_read(parts_->session) && !nghttp2_session_want_write(parts_->session); }

}  // namespace tocsin::wire
