#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>

#include "wire/http/transport.h"

namespace tocsin::wire {
namespace {

class TlsTransport final : public Transport {
 public:
  TlsTransport(int socket, SSL_CTX* context, bool server) : socket_(socket), ssl_(SSL_new(context)) {
    SSL_set_fd(ssl_, socket);
    SSL_set_mode(ssl_, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    server ? SSL_set_accept_state(ssl_) : SSL_set_connect_state(ssl_);
  }
  ~TlsTransport() override { SSL_free(ssl_); }

  void expect_host(const std::string& host) {
    unsigned char address[sizeof(in6_addr)];
    const bool literal = inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
    if (literal) {
      X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl_), host.c_str());
    } else {
      SSL_set1_host(ssl_, host.c_str());
      SSL_set_tlsext_host_name(ssl_, host.c_str());
    }
    SSL_set_verify(ssl_, SSL_VERIFY_PEER, nullptr);
  }

  IoStep read(std::span<char> into) override {
    std::size_t got = 0;
    ERR_clear_error();
    const int result = SSL_read_ex(ssl_, into.data(), into.size(), &got);
    return step_of(result, got);
  }
  IoStep write(std::string_view bytes) override {
    std::size_t put = 0;
    ERR_clear_error();
    const int result = SSL_write_ex(ssl_, bytes.data(), bytes.size(), &put);
    return step_of(result, put);
  }
  IoStep handshake() override {
    ERR_clear_error();
    return step_of(SSL_do_handshake(ssl_), 0);
  }
  void end() override {
    ERR_clear_error();
    SSL_shutdown(ssl_);
    ::shutdown(socket_, SHUT_WR);
  }

 private:
  IoStep step_of(int result, std::size_t bytes) const {
    if (result > 0) return {IoState::done, bytes};
    switch (SSL_get_error(ssl_, result)) {
      case SSL_ERROR_WANT_READ:
        return {IoState::want_read};
      case SSL_ERROR_WANT_WRITE:
        return {IoState::want_write};
      case SSL_ERROR_ZERO_RETURN:
        return {IoState::ended};
      default:
        return {IoState::failed};
    }
  }

  const int socket_;
  SSL* const ssl_;
};

}  // namespace

std::unique_ptr<Transport> make_tls_server_transport(int socket, ssl_ctx_st* context) {
  return std::make_unique<TlsTransport>(socket, context, true);
}

std::unique_ptr<Transport> make_tls_client_transport(int socket, ssl_ctx_st* context, const std::string& host) {
  auto transport = std::make_unique<TlsTransport>(socket, context, false);
  transport->expect_host(host);
  return transport;
}

}  // namespace tocsin::wire
