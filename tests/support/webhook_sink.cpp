#include "tests/support/webhook_sink.h"

namespace tocsin::testing {

WebhookSink::WebhookSink()
    : server_(std::make_unique<wire::HttpServer>(wire::HttpServerOptions{.listen = {{"127.0.0.1", 0}}, .io_threads = 1}, clock_,
                                                 static_cast<wire::HttpHandler&>(*this))) {
  if (!server_->start()) std::abort();
}

WebhookSink::~WebhookSink() { server_->stop(Duration{0}); }

std::string WebhookSink::url(const std::string& path) const { return "http://" + wire::to_text(server_->bound()[0]) + path; }

void WebhookSink::answer(wire::HttpResponse response) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(response);
}

std::vector<wire::HttpRequest> WebhookSink::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::vector<wire::HttpRequest> WebhookSink::wait_for(std::size_t count, std::chrono::milliseconds patience) const {
  std::unique_lock lock(mutex_);
  arrived_.wait_for(lock, patience, [&] { return requests_.size() >= count; });
  return requests_;
}

void WebhookSink::handle(wire::HttpRequest request, wire::Respond respond) {
  const std::lock_guard lock(mutex_);
  requests_.push_back(std::move(request));
  arrived_.notify_all();
  if (answer_.status == 0)
    unanswered_.push_back(std::move(respond));
  else
    respond(answer_);
}

}  // namespace tocsin::testing
