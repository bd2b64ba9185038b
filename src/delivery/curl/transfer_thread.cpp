#include "delivery/curl/transfer_thread.h"

#include <curl/curl.h>
#include <sys/socket.h>

#include <deque>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace tocsin::delivery {
namespace {

void initialize_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)once;
}

// curl says goodbye on a kept connection, and waits two minutes for an answer: not to a peer that has just been silent for too long
void hang_up_on_the_silent(CURL* handle, CURLcode code) {
  if (code != CURLE_OPERATION_TIMEDOUT && code != CURLE_ABORTED_BY_CALLBACK) return;
  curl_socket_t socket = CURL_SOCKET_BAD;
  if (curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK && socket != CURL_SOCKET_BAD) ::shutdown(socket, SHUT_RDWR);
}

}  // namespace

Transfer::Transfer() : handle_((initialize_curl(), curl_easy_init())) {
  curl_easy_setopt(handle_, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(handle_, CURLOPT_ERRORBUFFER, error_);
  // never by a proxy that happens to stand in the environment
  curl_easy_setopt(handle_, CURLOPT_PROXY, "");
  curl_easy_setopt(handle_, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
}

Transfer::~Transfer() { curl_easy_cleanup(handle_); }

std::string Transfer::fault(int code) const { return error_[0] ? error_ : curl_easy_strerror(static_cast<CURLcode>(code)); }

std::string& Transfer::receive_into(std::size_t bytes_max) {
  received_max_ = bytes_max;
  curl_easy_setopt(handle_, CURLOPT_WRITEFUNCTION, &Transfer::take);
  curl_easy_setopt(handle_, CURLOPT_WRITEDATA, this);
  return received_;
}

int Transfer::status() const {
  long status = 0;
  curl_easy_getinfo(handle_, CURLINFO_RESPONSE_CODE, &status);
  return static_cast<int>(status);
}

std::size_t Transfer::take(char* bytes, std::size_t size, std::size_t count, void* self) {
  Transfer& transfer = *static_cast<Transfer*>(self);
  const std::size_t came = size * count;
  const std::size_t kept = std::min(came, transfer.received_max_ - transfer.received_.size());
  transfer.received_.append(bytes, kept);
  transfer.cut_ |= kept < came;
  return transfer.cut_ ? 0 : came;
}

struct TransferThread::Parts {
  const std::size_t concurrent_max;
  CURLM* const multi = (initialize_curl(), curl_multi_init());
  std::mutex mutex;
  std::deque<Make> waiting;
  bool awake = false;  ///< looks at what waits before it sleeps
  bool stopping = false;
  std::map<CURL*, std::unique_ptr<Transfer>> running;  // on the thread only
  std::thread thread;

  explicit Parts(std::size_t at_once) : concurrent_max(at_once) {}

  bool begin_waiting();
  void finish_done();
  void run();
};

TransferThread::TransferThread(std::size_t concurrent_max) : parts_(std::make_unique<Parts>(concurrent_max)) {
  parts_->thread = std::thread([parts = parts_.get()] { parts->run(); });
}

TransferThread::~TransferThread() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  curl_multi_wakeup(parts_->multi);
  parts_->thread.join();
  curl_multi_cleanup(parts_->multi);
}

void TransferThread::start(std::unique_ptr<Transfer> transfer) {
  start([transfer = std::move(transfer)]() mutable { return std::move(transfer); });
}

void TransferThread::start(Make make) {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->waiting.push_back(std::move(make));
    if (std::exchange(parts_->awake, true)) return;
  }
  curl_multi_wakeup(parts_->multi);
}

void TransferThread::Parts::run() {
  while (begin_waiting()) {
    int under_way = 0;
    curl_multi_perform(multi, &under_way);
    finish_done();
    curl_multi_poll(multi, nullptr, 0, 60'000, nullptr);
  }
  for (auto& [handle, transfer] : running) {
    hang_up_on_the_silent(handle, CURLE_ABORTED_BY_CALLBACK);
    curl_multi_remove_handle(multi, handle);
    transfer->on_finished(CURLE_ABORTED_BY_CALLBACK);
  }
  running.clear();
  for (Make& make : waiting) make()->on_finished(CURLE_ABORTED_BY_CALLBACK);
  waiting.clear();
}

bool TransferThread::Parts::begin_waiting() {
  std::unique_lock lock(mutex);
  awake = false;
  while (!waiting.empty() && running.size() < concurrent_max && !stopping) {
    Make make = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    std::unique_ptr<Transfer> transfer = make();
    CURL* const handle = transfer->handle();
    running.emplace(handle, std::move(transfer));
    curl_multi_add_handle(multi, handle);
    lock.lock();
  }
  return !stopping;
}

void TransferThread::Parts::finish_done() {
  int left = 0;
  bool any = false;
  while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    auto finished = running.extract(message->easy_handle);
    hang_up_on_the_silent(finished.key(), code);
    curl_multi_remove_handle(multi, finished.key());
    finished.mapped()->on_finished(code);
    any = true;
  }
  // room for those that wait
  if (any) curl_multi_wakeup(multi);
}

}  // namespace tocsin::delivery
