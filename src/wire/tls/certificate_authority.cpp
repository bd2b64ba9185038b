#include "wire/tls/certificate_authority.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstring>
#include <fstream>
#include <memory>
#include "base/freed.h"

namespace tocsin::wire {
namespace {

using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freed<X509_free>>;
using Bio = std::unique_ptr<BIO, Freed<BIO_free_all>>;

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

CertificateAndKey to_pem(X509* certificate, EVP_PKEY* key) {
  const Bio certificate_text(BIO_new(BIO_s_mem())), key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_text.get(), certificate);
  PEM_write_bio_PKCS8PrivateKey(key_text.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  return {text_of(certificate_text.get()), text_of(key_text.get())};
}

void set_extension(X509* certificate, X509* issuer, int kind, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str());
  if (!extension) return;
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

Certificate make_certificate(const std::string& name, EVP_PKEY* key, Instant now, std::chrono::days valid) {
  Certificate certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  unsigned char serial[16];
  RAND_bytes(serial, sizeof serial);
  serial[0] = static_cast<unsigned char>((serial[0] & 0x3f) | 0x40);
  BIGNUM* const number = BN_bin2bn(serial, sizeof serial, nullptr);
  BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate.get()));
  BN_free(number);
  X509_NAME* const subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  ASN1_TIME_set(X509_getm_notBefore(certificate.get()), to_seconds(now - std::chrono::days(1)));
  ASN1_TIME_set(X509_getm_notAfter(certificate.get()), to_seconds(now + valid));
  X509_set_pubkey(certificate.get(), key);
  return certificate;
}

std::string alternative_names(const std::vector<std::string>& hosts) {
  std::string names = "DNS:localhost,IP:127.0.0.1,IP:::1";
  for (const std::string& host : hosts) {
    unsigned char address[sizeof(in6_addr)];
    const bool literal = inet_pton(AF_INET, host.c_str(), address) == 1 || inet_pton(AF_INET6, host.c_str(), address) == 1;
    names += (literal ? ",IP:" : ",DNS:") + host;
  }
  return names;
}

std::unexpected<Error> not_made() { return fail(ErrorKind::internal, "OpenSSL could not make the certificate"); }

Result<void> write_new_file(const std::filesystem::path& path, const std::string& content, mode_t mode) {
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (file < 0) {
    const ErrorKind kind = errno == EEXIST ? ErrorKind::already_exists : ErrorKind::unavailable;
    return fail(kind, "cannot write " + path.string() + ": " + std::strerror(errno));
  }
  const bool written = ::write(file, content.data(), content.size()) == static_cast<ssize_t>(content.size()) && ::fsync(file) == 0;
  ::close(file);
  if (!written) return fail(ErrorKind::unavailable, "cannot write " + path.string());
  return {};
}

std::string content_of(const std::filesystem::path& file) {
  std::ifstream in(file);
  return {std::istreambuf_iterator<char>(in), {}};
}

Result<CertificateAndKey> read_or_make_authority(const TlsFiles& files, Instant now) {
  if (std::filesystem::exists(files.ca_key)) return CertificateAndKey{content_of(files.ca_certificate), content_of(files.ca_key)};
  auto authority = make_authority("Tocsin authority", now);
  if (!authority) return authority;
  // the key last: while it is missing, nobody can have been given a certificate that it signed
  std::error_code failed;
  std::filesystem::remove(files.ca_certificate, failed);
  auto written = write_new_file(files.ca_certificate, authority->certificate, 0644);
  if (written) written = write_new_file(files.ca_key, authority->key, 0600);
  if (!written) return std::unexpected(written.error());
  return authority;
}

}  // namespace

Result<CertificateAndKey> make_authority(const std::string& name, Instant now) {
  const Key key(EVP_EC_gen("P-256"));
  if (!key) return not_made();
  const Certificate certificate = make_certificate(name, key.get(), now, std::chrono::days(3650));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(certificate.get()));
  set_extension(certificate.get(), certificate.get(), NID_basic_constraints, "critical,CA:TRUE,pathlen:0");
  set_extension(certificate.get(), certificate.get(), NID_key_usage, "critical,keyCertSign,cRLSign");
  set_extension(certificate.get(), certificate.get(), NID_subject_key_identifier, "hash");
  if (X509_sign(certificate.get(), key.get(), EVP_sha256()) == 0) return not_made();
  return to_pem(certificate.get(), key.get());
}

Result<CertificateAndKey> make_server_certificate(const CertificateAndKey& authority, const std::vector<std::string>& hosts, Instant now) {
  for (const std::string& host : hosts)
    if (host.empty() || host.find_first_of(", \n:/") != std::string::npos) {
      unsigned char address[sizeof(in6_addr)];
      if (inet_pton(AF_INET6, host.c_str(), address) != 1) return fail(ErrorKind::invalid, "'" + host + "' is no host name");
    }
  const Bio certificate_text(BIO_new_mem_buf(authority.certificate.data(), static_cast<int>(authority.certificate.size())));
  const Bio key_text(BIO_new_mem_buf(authority.key.data(), static_cast<int>(authority.key.size())));
  const Certificate issuer(PEM_read_bio_X509(certificate_text.get(), nullptr, nullptr, nullptr));
  const Key issuer_key(PEM_read_bio_PrivateKey(key_text.get(), nullptr, nullptr, nullptr));
  const Key key(EVP_EC_gen("P-256"));
  if (!issuer || !issuer_key || !key) return not_made();
  const Certificate certificate = make_certificate(hosts.empty() ? "localhost" : hosts.front(), key.get(), now, std::chrono::days(820));
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(issuer.get()));
  set_extension(certificate.get(), issuer.get(), NID_basic_constraints, "critical,CA:FALSE");
  set_extension(certificate.get(), issuer.get(), NID_key_usage, "critical,digitalSignature");
  set_extension(certificate.get(), issuer.get(), NID_ext_key_usage, "serverAuth");
  set_extension(certificate.get(), issuer.get(), NID_subject_key_identifier, "hash");
  set_extension(certificate.get(), issuer.get(), NID_authority_key_identifier, "keyid");
  set_extension(certificate.get(), issuer.get(), NID_subject_alt_name, alternative_names(hosts));
  if (X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) == 0) return not_made();
  return to_pem(certificate.get(), key.get());
}

TlsFiles tls_files(const std::filesystem::path& data_directory) {
  const auto directory = data_directory / "tls";
  return {directory / "ca.pem", directory / "ca-key.pem", directory / "server.pem", directory / "server-key.pem"};
}

Result<bool> create_tls_files(const std::filesystem::path& data_directory, const std::vector<std::string>& hosts, Instant now) {
  const TlsFiles files = tls_files(data_directory);
  if (std::filesystem::exists(files.certificate) && std::filesystem::exists(files.key)) return false;
  std::error_code failed;
  std::filesystem::create_directories(files.ca_key.parent_path(), failed);
  const auto authority = read_or_make_authority(files, now);
  if (!authority) return std::unexpected(authority.error());
  const auto server = make_server_certificate(*authority, hosts, now);
  if (!server) return std::unexpected(server.error());
  // one of the two may be left of a stop in between
  std::filesystem::remove(files.certificate, failed);
  std::filesystem::remove(files.key, failed);
  auto written = write_new_file(files.certificate, server->certificate + authority->certificate, 0600);
  if (written) written = write_new_file(files.key, server->key, 0600);
  if (!written) return std::unexpected(written.error());
  return true;
}

Result<Instant> certificate_expiry(const std::filesystem::path& certificate_file) {
  const Bio file(BIO_new_file(certificate_file.c_str(), "r"));
  const Certificate certificate(file ? PEM_read_bio_X509(file.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return fail(ErrorKind::not_found, "there is no certificate in " + certificate_file.string());
  tm ends{};
  ASN1_TIME_to_tm(X509_get0_notAfter(certificate.get()), &ends);
  return Instant{std::chrono::seconds{timegm(&ends)}};
}

}  // namespace tocsin::wire
