#include "delivery/http/http_carrier.h"

#include <curl/curl.h>

#include <boost/json.hpp>

#include "delivery/curl/transfer_thread.h"

namespace tocsin::delivery {
namespace {

constexpr std::string_view token_characters = "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool is_token(std::string_view text) { return !text.empty() && text.find_first_not_of(token_characters) == std::string_view::npos; }
bool holds_line_end(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

// Why the content can never be sent, "" when it can.
std::string fault_of(const Document& content) {
  const std::string url = text_or(content, "url");
  if (!url.starts_with("http://") && !url.starts_with("https://")) return "the URL is not http or https";
  if (holds_line_end(url)) return "the URL holds a line end";
  if (!is_token(text_or(content, "method", "POST"))) return "the method is no token";
  for (const auto& field : object_at(content, "headers")) {
    if (!is_token(field.key())) return "a header's name is no token";
    if (!field.value().is_string() || holds_line_end(std::string_view(field.value().get_string())))
      return "the value of header " + std::string(field.key()) + " holds a line end";
  }
  return {};
}

CarryOutcome outcome_of(int status) {
  CarryOutcome outcome{.result = CarryResult::refused, .error = "the receiver answered " + std::to_string(status), .status = status};
  if (status >= 200 && status < 300) return {.result = CarryResult::delivered, .status = status};
  if (status >= 500 || status == 429) outcome.result = CarryResult::try_again;
  outcome.error_code = status >= 500                    ? "INTERNAL_ERROR"
                       : status == 429                  ? "THROTTLING"
                       : status == 401 || status == 403 ? "NO_PERMISSIONS"
                                                        : "SDK_CLIENT_ERROR";
  if (status >= 300 && status < 400) outcome.error += "; redirects are not followed";
  return outcome;
}

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  std::string url, method, body;
  Headers headers;
};

Request request_of(const Document& content) {
  Request request{text_or(content, "url"), text_or(content, "method", "POST"), text_or(content, "body"), {}};
  for (const auto& field : object_at(content, "headers"))
    request.headers.emplace_back(field.key(), std::string_view(field.value().get_string()));
  return request;
}

class HttpTransfer final : public Transfer {
 public:
  HttpTransfer(const HttpCarrierOptions& options, Request request, Carrier::Done done)
      : body_(std::move(request.body)), answer_(receive_into(options.answer_bytes_max)), done_(std::move(done)) {
    CURL* const curl = handle();
    const std::string& method = request.method;
    curl_easy_setopt(curl, CURLOPT_URL, request.url.c_str());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_USERAGENT, options.user_agent.c_str());
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout / std::chrono::milliseconds(1)));
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout / std::chrono::milliseconds(1)));
    if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
    if (method != "GET" && method != "HEAD") {
      curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body_.data());
      curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body_.size()));
    }
    if (method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method.c_str());
    set_headers(request.headers);
  }
  ~HttpTransfer() override { curl_slist_free_all(headers_); }

  void on_finished(int code) override {
    // an answer that was cut is an answer
    CarryOutcome outcome = code == CURLE_OK || is_answer_cut() ? outcome_of(status()) : unanswered(code);
    if (outcome.status != 0) outcome.answer = Object{{"body", answer_}};
    done_(std::move(outcome));
  }

 private:
  void add_header(const std::string& line) { headers_ = curl_slist_append(headers_, line.c_str()); }

  void set_headers(const Headers& fields) {
    // curl's own ideas: no waiting for 100, no form type that nobody named
    add_header("Expect:");
    bool typed = false;
    for (const auto& [name, value] : fields) {
      typed |= curl_strequal(name.c_str(), "Content-Type") != 0;
      if (curl_strequal(name.c_str(), "Content-Length") || curl_strequal(name.c_str(), "Host")) continue;
      add_header(value.empty() ? name + ";" : name + ": " + value);
    }
    if (!typed) add_header("Content-Type:");
    curl_easy_setopt(handle(), CURLOPT_HTTPHEADER, headers_);
  }

  CarryOutcome unanswered(int code) const {
    const bool hopeless = code == CURLE_URL_MALFORMAT || code == CURLE_UNSUPPORTED_PROTOCOL;
    return {.result = hopeless ? CarryResult::refused : CarryResult::try_again,
            .error = fault(code),
            .error_code = hopeless                           ? "SDK_CLIENT_ERROR"
                          : code == CURLE_OPERATION_TIMEDOUT ? "TIMEOUT"
                                                             : "CONNECTION_FAILURE"};
  }

  const std::string body_;
  const std::string& answer_;
  Carrier::Done done_;
  curl_slist* headers_ = nullptr;
};

}  // namespace

HttpCarrier::HttpCarrier(HttpCarrierOptions options, TransferThread& transfers) : options_(std::move(options)), transfers_(transfers) {}

void HttpCarrier::carry(const std::string&, const Document& content, Done done) {
  if (const std::string fault = fault_of(content); !fault.empty())
    return done({.result = CarryResult::refused, .error = fault, .error_code = "SDK_CLIENT_ERROR"});
  transfers_.start([&options = options_, request = request_of(content), done = std::move(done)]() mutable -> std::unique_ptr<Transfer> {
    return std::make_unique<HttpTransfer>(options, std::move(request), std::move(done));
  });
}

}  // namespace tocsin::delivery
