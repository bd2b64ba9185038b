// Outgoing transfers by libcurl, many at a time on one thread. What a transfer says and what its end means is its own business
// (delivery/http, delivery/smtp).
#pragma once

#include <functional>
#include <memory>
#include <string>

typedef void CURL;

namespace tocsin::delivery {

/// One transfer: configures its handle in its constructor, is told its end once, on the transfer thread.
class Transfer {
 public:
  Transfer();
  Transfer(const Transfer&) = delete;
  virtual ~Transfer();
  /// `code` is a CURLcode; must not block.
  virtual void on_finished(int code) = 0;

  CURL* handle() const { return handle_; }
  /// The last error in curl's words, without secrets.
  std::string fault(int code) const;

 protected:
  std::string& receive_into(std::size_t bytes_max);
  /// Whether more came than was kept.
  bool is_answer_cut() const { return cut_; }
  /// The status of HTTP or SMTP that came last, 0 when none.
  int status() const;

 private:
  static std::size_t take(char* bytes, std::size_t size, std::size_t count, void* self);

  CURL* const handle_;
  char error_[256] = {};
  std::string received_;
  std::size_t received_max_ = 0;
  bool cut_ = false;
};

class TransferThread {
 public:
  /// At most `concurrent_max` at a time, others wait in order.
  explicit TransferThread(std::size_t concurrent_max = 64);
  /// Ends what is under way; those transfers are told code 42 (aborted).
  ~TransferThread();
  /// From any thread.
  void start(std::unique_ptr<Transfer> transfer);
  /// The same for one that is made on the transfer thread, which spares the caller curl's part of the work.
  using Make = std::move_only_function<std::unique_ptr<Transfer>()>;
  void start(Make make);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tocsin::delivery
