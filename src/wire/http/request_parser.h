// The bytes of one HTTP/1.x request into an HttpRequest. Pure; hides Beast's parser, which costs seconds to compile.
#pragma once

#include <memory>
#include <string_view>

#include "wire/http/http_message.h"

namespace tocsin::wire {

class RequestParser {
 public:
  RequestParser(std::size_t header_bytes_max, std::size_t body_bytes_max);
  ~RequestParser();

  /// Takes from the front of `bytes` what it can use now and says how many that were; what is left is to be given again with more behind
  /// it. Stops behind the fields, so that Expect can be answered, and behind the request.
  std::size_t feed(std::string_view bytes);

  bool head_done() const;
  bool whole() const;
  /// The HTTP status to refuse with, 0 while all is well.
  int refusal() const { return refusal_; }
  /// After head_done.
  bool expects_continue() const;
  bool keep_alive() const;
  bool is_head() const;
  bool http_1_0() const;
  /// When whole.
  HttpRequest take();

 private:
  void check_head();

  struct Parts;
  std::unique_ptr<Parts> parts_;
  int refusal_ = 0;
  bool head_checked_ = false;
};

}  // namespace tocsin::wire
