#include "wire/tls/tls_context.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace tocsin::wire {
namespace {

std::string reason() {
  const unsigned long code = ERR_get_error();
  ERR_clear_error();
  const char* words = ERR_reason_error_string(code);
  return words ? words : "unknown fault";
}

std::shared_ptr<TlsContext> make(const SSL_METHOD* method) {
  auto context = std::make_shared<TlsContext>(SSL_CTX_new(method));
  SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
  SSL_CTX_set_options(context->native_handle(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_IGNORE_UNEXPECTED_EOF);
  return context;
}

}  // namespace

TlsContext::~TlsContext() { SSL_CTX_free(context_); }

Result<std::shared_ptr<const TlsContext>> load_server_tls(const std::string& certificate_file, const std::string& key_file) {
  const auto context = make(TLS_server_method());
  SSL_CTX* const native = context->native_handle();
  if (SSL_CTX_use_certificate_chain_file(native, certificate_file.c_str()) != 1)
    return fail(ErrorKind::invalid, "cannot load the certificate " + certificate_file + ": " + reason());
  if (SSL_CTX_use_PrivateKey_file(native, key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return fail(ErrorKind::invalid, "cannot load the key " + key_file + ": " + reason());
  // sessions resume by tickets alone: a cache would grow with the callers
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);
  return context;
}

Result<std::shared_ptr<const TlsContext>> load_client_tls(const std::string& ca_file) {
  const auto context = make(TLS_client_method());
  const bool loaded = ca_file.empty() ? SSL_CTX_set_default_verify_paths(context->native_handle()) == 1
                                      : SSL_CTX_load_verify_locations(context->native_handle(), ca_file.c_str(), nullptr) == 1;
  if (!loaded) return fail(ErrorKind::invalid, "cannot load the authorities " + ca_file + ": " + reason());
  SSL_CTX_set_verify(context->native_handle(), SSL_VERIFY_PEER, nullptr);
  return context;
}

}  // namespace tocsin::wire
