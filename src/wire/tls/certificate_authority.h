// Our own certificate authority, and the server's certificate that it signs: EC P-256, X.509 v3.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::wire {

/// PEM texts.
struct CertificateAndKey {
  std::string certificate;
  std::string key;
};

/// Signs only certificates of servers directly below it. Valid from a day before `now`, for ten years.
Result<CertificateAndKey> make_authority(const std::string& name, Instant now);
/// For localhost, 127.0.0.1, ::1 and `hosts` (names or addresses); valid from a day before `now`, for 820 days.
Result<CertificateAndKey> make_server_certificate(const CertificateAndKey& authority, const std::vector<std::string>& hosts, Instant now);

/// Where a data directory keeps them.
struct TlsFiles {
  std::filesystem::path ca_certificate;  ///< DIR/tls/ca.pem: what clients trust
  std::filesystem::path ca_key;
  std::filesystem::path certificate;
  std::filesystem::path key;
};
TlsFiles tls_files(const std::filesystem::path& data_directory);

/// Makes what is missing: the authority (which is never replaced, since clients trust it), and a certificate that it signs. Readable by
/// their owner alone (0600; the authority's certificate by all). Whether anything was made. To renew the certificate, remove it and call
/// again.
Result<bool> create_tls_files(const std::filesystem::path& data_directory, const std::vector<std::string>& hosts, Instant now);

/// When the first certificate of a PEM file ends to be valid.
Result<Instant> certificate_expiry(const std::filesystem::path& certificate_file);

}  // namespace tocsin::wire
