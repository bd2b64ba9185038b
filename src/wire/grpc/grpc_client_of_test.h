// The other side of a gRPC connection, for tests: libnghttp2 as a client.
#pragma once

#include <nghttp2/nghttp2.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "wire/grpc/grpc_message.h"

namespace tocsin::wire {

class GrpcClientOfTest {
 public:
  using Fields = std::vector<std::pair<std::string, std::string>>;
  struct Answer {
    std::map<std::string, std::string> headers;  ///< trailers too
    std::string body;
    bool ended = false;
  };

  GrpcClientOfTest() {
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(
        callbacks, [](nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t name_size,
                      const std::uint8_t* value, std::size_t value_size, std::uint8_t, void* user) {
          static_cast<GrpcClientOfTest*>(user)->answers[frame->hd.stream_id].headers[std::string(
              reinterpret_cast<const char*>(name), name_size)] = std::string(reinterpret_cast<const char*>(value), value_size);
          return 0;
        });
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(
        callbacks, [](nghttp2_session*, std::uint8_t, std::int32_t id, const std::uint8_t* bytes, std::size_t count, void* user) {
          static_cast<GrpcClientOfTest*>(user)->answers[id].body.append(reinterpret_cast<const char*>(bytes), count);
          return 0;
        });
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, [](nghttp2_session*, std::int32_t id, std::uint32_t, void* user) {
      static_cast<GrpcClientOfTest*>(user)->answers[id].ended = true;
      return 0;
    });
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, [](nghttp2_session*, const nghttp2_frame* frame, void* user) {
      if (frame->hd.type == NGHTTP2_GOAWAY) static_cast<GrpcClientOfTest*>(user)->told_to_go = true;
      return 0;
    });
    nghttp2_session_client_new(&session_, callbacks, this);
    nghttp2_session_callbacks_del(callbacks);
    nghttp2_submit_settings(session_, NGHTTP2_FLAG_NONE, nullptr, 0);
  }
  ~GrpcClientOfTest() { nghttp2_session_del(session_); }

  static Fields export_headers(std::string path = "/opentelemetry.proto.collector.trace.v1.TraceService/Export") {
    return {{":method", "POST"},
            {":scheme", "http"},
            {":path", std::move(path)},
            {":authority", "127.0.0.1:4317"},
            {"content-type", "application/grpc+proto"},
            {"te", "trailers"}};
  }

  /// The stream's number.
  std::int32_t call(const Fields& fields, std::string body) {
    std::vector<nghttp2_nv> values;
    for (const auto& [name, value] : fields)
      values.push_back({reinterpret_cast<std::uint8_t*>(const_cast<char*>(name.data())),
                        reinterpret_cast<std::uint8_t*>(const_cast<char*>(value.data())), name.size(), value.size(), 0});
    nghttp2_data_provider provider{};
    provider.source.ptr = this;
    provider.read_callback = [](nghttp2_session*, std::int32_t id, std::uint8_t* into, std::size_t count, std::uint32_t* flags,
                                nghttp2_data_source* source, void*) -> ssize_t {
      std::string& left = static_cast<GrpcClientOfTest*>(source->ptr)->bodies_[id];
      const std::size_t part = std::min(count, left.size());
      std::copy_n(left.data(), part, into);
      left.erase(0, part);
      if (left.empty()) *flags |= NGHTTP2_DATA_FLAG_EOF;
      return static_cast<ssize_t>(part);
    };
    const std::int32_t id = nghttp2_submit_request(session_, nullptr, values.data(), values.size(), &provider, nullptr);
    bodies_[id] = std::move(body);
    return id;
  }
  std::string take_output() {
    std::string out;
    const std::uint8_t* bytes = nullptr;
    for (ssize_t count = 0; (count = nghttp2_session_mem_send(session_, &bytes)) > 0;)
      out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(count));
    return out;
  }
  void feed(std::string_view bytes) {
    nghttp2_session_mem_recv(session_, reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }

  std::map<std::int32_t, Answer> answers;
  bool told_to_go = false;

 private:
  nghttp2_session* session_ = nullptr;
  std::map<std::int32_t, std::string> bodies_;
};

}  // namespace tocsin::wire
