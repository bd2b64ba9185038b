#include "detect/probes/prober.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/ip_icmp.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

namespace tocsin::detect {
namespace {

/// A descriptor that closes itself.
struct Socket {
  explicit Socket(int fd) : fd(fd) {}
  Socket(Socket&& other) noexcept : fd(std::exchange(other.fd, -1)) {}
  Socket(const Socket&) = delete;
  ~Socket() {
    if (fd >= 0) close(fd);
  }
  int fd;
};

struct Resolved {
  std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> list{nullptr, &freeaddrinfo};
  std::string error;
};

int milliseconds(Duration span) { return static_cast<int>(span / std::chrono::milliseconds(1)); }

Resolved resolve(const std::string& host, const std::string& port, int type) {
  addrinfo hints{};
  hints.ai_socktype = type;
  addrinfo* found = nullptr;
  Resolved resolved;
  if (const int code = getaddrinfo(host.c_str(), port.empty() ? nullptr : port.c_str(), &hints, &found); code != 0)
    resolved.error = host + " cannot be resolved: " + gai_strerror(code);
  else
    resolved.list.reset(found);
  return resolved;
}

std::pair<std::string, std::string> split_target(const std::string& target) {
  const std::size_t colon = target.rfind(':');
  std::string host = target.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  return {host, target.substr(colon + 1)};
}

/// A connected, blocking socket whose reads and writes end in time; or why not.
std::pair<Socket, std::string> connect_to(const ProbeSpec& spec) {
  const auto [host, port] = split_target(spec.target);
  const Resolved resolved = resolve(host, port, SOCK_STREAM);
  std::string error = resolved.error;
  for (const addrinfo* at = resolved.list.get(); at; at = at->ai_next) {
    Socket socket(::socket(at->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::connect(socket.fd, at->ai_addr, at->ai_addrlen) != 0 && errno != EINPROGRESS) {
      error = std::strerror(errno);
      continue;
    }
    pollfd waiting{.fd = socket.fd, .events = POLLOUT, .revents = 0};
    if (poll(&waiting, 1, milliseconds(spec.timeout)) != 1) {
      error = "no connection in time";
      continue;
    }
    int code = 0;
    socklen_t size = sizeof code;
    getsockopt(socket.fd, SOL_SOCKET, SO_ERROR, &code, &size);
    if (code == 0) return {std::move(socket), ""};
    error = std::strerror(code);
  }
  return {Socket(-1), error};
}

ProbeResult try_tcp(const ProbeSpec& spec) {
  const auto [socket, error] = connect_to(spec);
  return {.ok = socket.fd >= 0, .error = error};
}

void judge_days(const ProbeSpec& spec, int days, ProbeResult& result) {
  result.certificate_days_left = days;
  if (days >= spec.days_left) return;
  result.ok = false;
  result.error = days < 0 ? "the certificate has expired" : "the certificate expires in " + std::to_string(days) + " days";
}

ProbeResult try_tls(const ProbeSpec& spec) {
  auto [socket, error] = connect_to(spec);
  if (socket.fd < 0) return {.ok = false, .error = error};
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), &SSL_CTX_free);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context.get()), &SSL_free);
  const std::string host = split_target(spec.target).first;
  SSL_set_tlsext_host_name(tls.get(), host.c_str());
  SSL_set_fd(tls.get(), socket.fd);
  while (true) {
    const int code = SSL_connect(tls.get());
    if (code == 1) break;
    const int wanted = SSL_get_error(tls.get(), code);
    pollfd waiting{.fd = socket.fd, .events = static_cast<short>(wanted == SSL_ERROR_WANT_WRITE ? POLLOUT : POLLIN), .revents = 0};
    if ((wanted != SSL_ERROR_WANT_READ && wanted != SSL_ERROR_WANT_WRITE) || poll(&waiting, 1, milliseconds(spec.timeout)) != 1)
      return {.ok = false, .error = "no TLS handshake"};
  }
  // whoever signed it: how long it holds is asked here
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(SSL_get1_peer_certificate(tls.get()), &X509_free);
  int days = 0, seconds = 0;
  if (!certificate || ASN1_TIME_diff(&days, &seconds, nullptr, X509_get0_notAfter(certificate.get())) != 1)
    return {.ok = false, .error = "no certificate"};
  ProbeResult result{.ok = true};
  judge_days(spec, seconds < 0 ? days - 1 : days, result);
  return result;
}

ProbeResult try_dns(const ProbeSpec& spec) {
  const Resolved resolved = resolve(spec.target, "", SOCK_STREAM);
  if (!resolved.list) return {.ok = false, .error = resolved.error};
  if (spec.expect.empty()) return {.ok = true};
  for (const addrinfo* at = resolved.list.get(); at; at = at->ai_next) {
    std::array<char, NI_MAXHOST> text{};
    if (getnameinfo(at->ai_addr, at->ai_addrlen, text.data(), text.size(), nullptr, 0, NI_NUMERICHOST) == 0 && spec.expect == text.data())
      return {.ok = true};
  }
  return {.ok = false, .error = spec.expect + " is not among the addresses"};
}

/// Unprivileged ICMP echo (net.ipv4.ping_group_range), else a raw socket where that is allowed.
ProbeResult try_icmp(const ProbeSpec& spec) {
  addrinfo hints{};
  hints.ai_family = AF_INET;
  addrinfo* found = nullptr;
  if (const int code = getaddrinfo(spec.target.c_str(), nullptr, &hints, &found); code != 0)
    return {.ok = false, .error = spec.target + " cannot be resolved: " + gai_strerror(code)};
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> address(found, &freeaddrinfo);
  Socket socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, IPPROTO_ICMP));
  const bool raw = socket.fd < 0;
  if (raw) socket.fd = ::socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_ICMP);
  if (socket.fd < 0) return {.ok = false, .error = "this process may not send ICMP (net.ipv4.ping_group_range)"};
  icmphdr echo{};
  echo.type = ICMP_ECHO;
  echo.un.echo.id = htons(static_cast<std::uint16_t>(getpid()));
  echo.un.echo.sequence = htons(1);
  std::uint32_t sum = 0;
  std::array<std::uint16_t, sizeof echo / 2> words;
  std::memcpy(words.data(), &echo, sizeof echo);
  for (const std::uint16_t word : words) sum += word;
  sum = (sum >> 16) + (sum & 0xFFFF);
  echo.checksum = static_cast<std::uint16_t>(~(sum + (sum >> 16)));
  if (sendto(socket.fd, &echo, sizeof echo, 0, address->ai_addr, address->ai_addrlen) < 0)
    return {.ok = false, .error = std::strerror(errno)};
  for (int tries = 0; tries < 100; ++tries) {
    pollfd waiting{.fd = socket.fd, .events = POLLIN, .revents = 0};
    if (poll(&waiting, 1, milliseconds(spec.timeout)) != 1) return {.ok = false, .error = "no echo in time"};
    std::array<unsigned char, 1500> bytes;
    const ssize_t count = recv(socket.fd, bytes.data(), bytes.size(), 0);
    const std::size_t header = raw ? static_cast<std::size_t>(bytes[0] & 0x0F) * 4 : 0;
    if (count >= static_cast<ssize_t>(header + sizeof(icmphdr)) && bytes[header] == ICMP_ECHOREPLY) return {.ok = true};
  }
  return {.ok = false, .error = "no echo"};
}

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* text) {
  auto& body = *static_cast<std::string*>(text);
  body.append(bytes, std::min(size * count, std::size_t{1 << 20} - std::min<std::size_t>(body.size(), 1 << 20)));
  return size * count;
}

ProbeResult try_http(const ProbeSpec& spec) {
  const std::unique_ptr<CURL, decltype(&curl_easy_cleanup)> curl(curl_easy_init(), &curl_easy_cleanup);
  std::string body;
  std::array<char, CURL_ERROR_SIZE> words{};
  curl_easy_setopt(curl.get(), CURLOPT_URL, spec.target.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, "Tocsin probe");
  curl_easy_setopt(curl.get(), CURLOPT_TIMEOUT_MS, static_cast<long>(milliseconds(spec.timeout)));
  curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, words.data());
  curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, &keep);
  curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &body);
  const CURLcode code = curl_easy_perform(curl.get());
  if (code != CURLE_OK) return {.ok = false, .error = words[0] ? words.data() : curl_easy_strerror(code)};
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (spec.status ? status != spec.status : status < 200 || status >= 400)
    return {.ok = false, .error = "the answer's status is " + std::to_string(status)};
  if (!spec.expect.empty() && body.find(spec.expect) == std::string::npos)
    return {.ok = false, .error = "the answer does not hold the expected text"};
  return {.ok = true};
}

ProbeResult attempt(const ProbeSpec& spec) {
  switch (spec.kind) {
    case ProbeKind::http:
      return try_http(spec);
    case ProbeKind::tcp:
      return try_tcp(spec);
    case ProbeKind::tls:
      return try_tls(spec);
    case ProbeKind::dns:
      return try_dns(spec);
    case ProbeKind::icmp:
      return try_icmp(spec);
  }
  return {};
}

}  // namespace

struct Prober::Parts {
  const Clock& clock;
  std::mutex mutex;
  std::condition_variable more;
  std::deque<std::pair<ProbeSpec, std::function<void(ProbeResult)>>> waiting;
  bool stopping = false;
  std::vector<std::thread> threads;

  void work() {
    while (true) {
      std::unique_lock lock(mutex);
      more.wait(lock, [this] { return stopping || !waiting.empty(); });
      if (stopping) return;
      auto [spec, done] = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      const Instant began = clock.now();
      ProbeResult result = attempt(spec);
      result.took = clock.now() - began;
      done(std::move(result));
    }
  }
};

Prober::Prober(const Clock& clock, std::size_t thread_count) : parts_(new Parts{.clock = clock}) {
  curl_global_init(CURL_GLOBAL_DEFAULT);
  for (std::size_t n = 0; n < thread_count; ++n) parts_->threads.emplace_back([parts = parts_.get()] { parts->work(); });
}

Prober::~Prober() {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->stopping = true;
  }
  parts_->more.notify_all();
  for (std::thread& thread : parts_->threads) thread.join();
  for (const auto& [spec, done] : parts_->waiting) done({.ok = false, .error = "the server stops"});
}

void Prober::run(const ProbeSpec& spec, std::function<void(ProbeResult)> done) {
  {
    const std::lock_guard lock(parts_->mutex);
    parts_->waiting.emplace_back(spec, std::move(done));
  }
  parts_->more.notify_one();
}

}  // namespace tocsin::detect
