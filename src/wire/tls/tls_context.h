// A certificate with its key, or the authorities to trust, ready for connections. TLS 1.2 and above.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"

struct ssl_ctx_st;

namespace tocsin::wire {

/// Immutable once made; may be used from many threads.
class TlsContext {
 public:
  explicit TlsContext(ssl_ctx_st* context) : context_(context) {}
  TlsContext(const TlsContext&) = delete;
  ~TlsContext();
  ssl_ctx_st* native_handle() const { return context_; }

 private:
  ssl_ctx_st* const context_;
};

/// `certificate_file`: PEM, the server's first, then those that sign it. Errors name the file and the fault.
Result<std::shared_ptr<const TlsContext>> load_server_tls(const std::string& certificate_file, const std::string& key_file);
/// Trusts the authorities in `ca_file` (PEM); those of the system when it is empty.
Result<std::shared_ptr<const TlsContext>> load_client_tls(const std::string& ca_file);

}  // namespace tocsin::wire
