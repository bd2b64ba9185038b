#include "delivery/smtp/smtp_carrier.h"

#include <curl/curl.h>

#include <atomic>
#include <boost/json.hpp>
#include <cstring>
#include <mutex>

#include "delivery/curl/transfer_thread.h"
#include "delivery/smtp/mail_message.h"

namespace tocsin::delivery {
namespace {

// as many as the outbox has in the air
constexpr std::size_t lines_max = 32;

// What a server says about our credentials (RFC 4954 §6), whatever the mail is.
bool is_about_credentials(int status) { return status == 530 || status == 534 || status == 535 || status == 538; }

std::vector<std::string> texts_at(const Document& content, std::string_view key) {
  if (const auto one = text_at(content, key)) return {*one};
  std::vector<std::string> texts;
  for (const Document& item : array_at(content, key))
    if (item.is_string()) texts.emplace_back(std::string_view(item.get_string()));
  return texts;
}

MailMessage message_of(const Document& content, const std::string& from, const std::string& parcel_id) {
  MailMessage message{.from = text_or(content, "from", from),
                      .to = texts_at(content, "to"),
                      .reply_to = text_or(content, "reply_to"),
                      .subject = text_or(content, "subject"),
                      .text = text_or(content, "text"),
                      .html = text_or(content, "html"),
                      .message_id = text_or(content, "message_id"),
                      .in_reply_to = text_or(content, "in_reply_to"),
                      .references = texts_at(content, "references")};
  if (message.message_id.empty()) {
    const auto address = address_of(message.from);
    message.message_id = parcel_id + (address ? address->substr(address->rfind('@')) : "@tocsin");
  }
  for (const auto& field : object_at(content, "headers"))
    if (field.value().is_string()) message.headers.emplace_back(field.key(), std::string_view(field.value().get_string()));
  return message;
}

struct Envelope {
  std::string from;
  std::vector<std::string> to;
  std::string text;
};

Result<Envelope> envelope_of(const MailMessage& message, const std::string& bounces_to, Instant date) {
  Envelope envelope;
  const auto from = address_of(bounces_to.empty() ? message.from : bounces_to);
  if (!from) return std::unexpected(from.error());
  envelope.from = *from;
  for (const std::string& mailbox : message.to) {
    const auto address = address_of(mailbox);
    if (!address) return std::unexpected(address.error());
    envelope.to.push_back(*address);
  }
  if (envelope.to.empty()) return fail(ErrorKind::invalid, "the mail has no recipient");
  auto text = mail_text(message, date);
  if (!text) return std::unexpected(text.error());
  envelope.text = std::move(*text);
  return envelope;
}

struct Server {
  std::string scheme, host;
  bool has_user = false;
  bool is_loopback() const { return host == "localhost" || host == "[::1]" || host.starts_with("127."); }
};

Result<Server> server_of(const std::string& url) {
  const std::unique_ptr<CURLU, decltype(&curl_url_cleanup)> parsed(curl_url(), curl_url_cleanup);
  const auto part = [&](CURLUPart which) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), which, &text, 0) != CURLUE_OK) return std::string();
    std::string copy = text;
    curl_free(text);
    return copy;
  };
  const bool sound = curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  Server server{part(CURLUPART_SCHEME), part(CURLUPART_HOST), !part(CURLUPART_USER).empty()};
  if (!sound || server.host.empty() || (server.scheme != "smtp" && server.scheme != "smtps"))
    return fail(ErrorKind::invalid, "the mail server's URL is not of the form smtp://[USER:PASSWORD@]HOST[:PORT] or smtps://…");
  return server;
}

void address(CURL* curl, const SmtpCarrierOptions& options, const Server& server) {
  curl_easy_setopt(curl, CURLOPT_URL, options.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(options.connect_timeout / std::chrono::milliseconds(1)));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(options.total_timeout / std::chrono::milliseconds(1)));
  const bool strict = server.scheme == "smtps" || (server.has_user && !server.is_loopback());
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(strict ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  if (!options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, options.ca_file.c_str());
  // encrypting to whoever answers is better than not encrypting, which is what else would happen
  if (!strict) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
  if (!strict) curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
}

// Says nothing but NOOP.
struct Probe final : Transfer {
  Probe(const SmtpCarrierOptions& options, const Server& server) {
    address(handle(), options, server);
    receive_into(4096);
    curl_easy_setopt(handle(), CURLOPT_CUSTOMREQUEST, "NOOP");
  }
  void on_finished(int) override {}
};

class SmtpTransfer final : public Transfer {
 public:
  SmtpTransfer(const SmtpCarrierOptions& options, const Server& server, Envelope envelope, const std::atomic<bool>& stopping,
               Carrier::Done done)
      : envelope_(std::move(envelope)), stopping_(stopping), done_(std::move(done)) {
    receive_into(4096);
    CURL* const curl = handle();
    address(curl, options, server);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, envelope_.from.c_str());
    for (const std::string& address : envelope_.to) recipients_ = curl_slist_append(recipients_, address.c_str());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients_);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &SmtpTransfer::is_stopped);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, this);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, &SmtpTransfer::give);
    curl_easy_setopt(curl, CURLOPT_READDATA, this);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(envelope_.text.size()));
  }
  ~SmtpTransfer() override { curl_slist_free_all(recipients_); }

  void on_finished(int code) override {
    if (code == CURLE_OK) return done_({.result = CarryResult::delivered, .status = status()});
    const int answered = status() >= 400 ? status() : 0;
    const bool refused = answered >= 500 && !is_about_credentials(answered) && code != CURLE_LOGIN_DENIED;
    CarryOutcome outcome{.result = refused ? CarryResult::refused : CarryResult::try_again, .error = fault(code), .status = answered};
    outcome.error_code = code == CURLE_OPERATION_TIMEDOUT ? "TIMEOUT"
                         : answered == 0                  ? "CONNECTION_FAILURE"
                         : is_about_credentials(answered) ? "NO_PERMISSIONS"
                                                          : "";
    done_(std::move(outcome));
  }

 private:
  static int is_stopped(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<SmtpTransfer*>(self)->stopping_ ? 1 : 0;
  }
  static std::size_t give(char* into, std::size_t size, std::size_t count, void* self) {
    SmtpTransfer& transfer = *static_cast<SmtpTransfer*>(self);
    const std::size_t given = std::min(size * count, transfer.envelope_.text.size() - transfer.sent_);
    std::memcpy(into, transfer.envelope_.text.data() + transfer.sent_, given);
    transfer.sent_ += given;
    return given;
  }

  const Envelope envelope_;
  const std::atomic<bool>& stopping_;
  Carrier::Done done_;
  curl_slist* recipients_ = nullptr;
  std::size_t sent_ = 0;
};

}  // namespace

Result<void> check_smtp_url(const std::string& url) {
  if (const auto server = server_of(url); !server) return std::unexpected(server.error());
  return {};
}

Result<void> probe_smtp_server(const SmtpCarrierOptions& options) {
  const auto server = server_of(options.url);
  if (!server) return std::unexpected(server.error());
  const Probe probe(options, *server);
  const CURLcode code = curl_easy_perform(probe.handle());
  if (code != CURLE_OK) return fail(ErrorKind::unavailable, probe.fault(code));
  return {};
}

/// One thread each, made when all others are busy.
struct SmtpCarrier::Lines {
  struct Line {
    std::atomic<int> busy = 0;
    TransferThread thread{1};
  };
  std::atomic<bool> stopping = false;
  std::mutex mutex;
  std::vector<std::unique_ptr<Line>> all;  ///< guarded by mutex

  // the first that is free, so that connections are used again
  Line& take() {
    const std::lock_guard lock(mutex);
    Line* least = nullptr;
    for (const auto& line : all)
      if (!least || line->busy < least->busy) least = line.get();
    if (!least || (least->busy > 0 && all.size() < lines_max)) least = all.emplace_back(std::make_unique<Line>()).get();
    ++least->busy;
    return *least;
  }
};

SmtpCarrier::SmtpCarrier(SmtpCarrierOptions options, const Clock& clock)
    : options_(std::move(options)), clock_(clock), lines_(std::make_unique<Lines>()) {}

SmtpCarrier::~SmtpCarrier() {
  lines_->stopping = true;
  lines_->all.clear();
}

void SmtpCarrier::carry(const std::string& parcel_id, const Document& content, Done done) {
  const auto server = server_of(options_.url);
  if (!server) return done({.result = CarryResult::try_again, .error = server.error().message});
  auto envelope = envelope_of(message_of(content, options_.from, parcel_id), options_.bounces_to, clock_.now());
  if (!envelope) return done({.result = CarryResult::refused, .error = envelope.error().message});
  Lines::Line& line = lines_->take();
  line.thread.start(std::make_unique<SmtpTransfer>(options_, *server, std::move(*envelope), lines_->stopping,
                                                   [&line, done = std::move(done)](CarryOutcome outcome) mutable {
                                                     --line.busy;
                                                     done(std::move(outcome));
                                                   }));
}

}  // namespace tocsin::delivery
