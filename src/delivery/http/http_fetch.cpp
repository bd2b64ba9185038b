#include "delivery/http/http_fetch.h"

#include <curl/curl.h>

#include "delivery/curl/transfer_thread.h"
#include "delivery/http/vouched_certificates.h"

namespace tocsin::delivery {
namespace {

class FetchTransfer final : public Transfer {
 public:
  FetchTransfer(const FetchRequest& request, std::function<void(Result<FetchedDocument>)> done)
      : body_(receive_into(request.bytes_max)), vouched_for_(request.vouched_for), done_(std::move(done)) {
    CURL* const curl = handle();
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, "Tocsin");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, request.redirects_max > 0 ? 1L : 0L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, static_cast<long>(request.redirects_max));
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "gzip");
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout / std::chrono::milliseconds(1)));
    trust_also(curl, vouched_for_);
    headers_ = curl_slist_append(headers_, ("Accept: " + request.accept).c_str());
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers_);
  }
  ~FetchTransfer() override { curl_slist_free_all(headers_); }

  void on_finished(int code) override {
    if (is_answer_cut()) return done_(fail(ErrorKind::limit_exceeded, "the answer is too long"));
    if (code != CURLE_OK) return done_(fail(ErrorKind::unavailable, fault(code)));
    if (status() != 200) return done_(fail(ErrorKind::unavailable, "the answer's status is " + std::to_string(status())));
    const char* type = nullptr;
    curl_easy_getinfo(handle(), CURLINFO_CONTENT_TYPE, &type);
    done_(FetchedDocument{std::move(body_), type ? type : ""});
  }

 private:
  std::string& body_;
  const std::vector<std::string> vouched_for_;
  const std::function<void(Result<FetchedDocument>)> done_;
  curl_slist* headers_ = nullptr;
};

}  // namespace

void fetch(TransferThread& transfers, const FetchRequest& request, std::function<void(Result<FetchedDocument>)> done) {
  transfers.start(std::make_unique<FetchTransfer>(request, std::move(done)));
}

}  // namespace tocsin::delivery
