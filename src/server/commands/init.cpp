#include "server/commands/init.h"

#include <boost/json.hpp>
#include <filesystem>

#include "base/document.h"
#include "wire/tls/certificate_authority.h"

namespace tocsin::server {
namespace {

Result<void> make_directory(const std::filesystem::path& directory) {
  std::error_code failed;
  if (!std::filesystem::create_directories(directory, failed) && failed)
    return fail(ErrorKind::unavailable, "cannot make the data directory " + directory.string() + ": " + failed.message());
  if (!std::filesystem::is_directory(directory)) return fail(ErrorKind::invalid, directory.string() + " is no directory");
  // secrets lie in it
  std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  return {};
}

void print_credentials(const ServerConfig& config, const FirstCredentials& first, const std::filesystem::path& ca_file, bool json,
                       Console console) {
  if (json) {
    const Object line{{"account", first.account},
                      {"access_key_id", first.access_key_id},
                      {"secret_access_key", first.secret_access_key},
                      {"ingest_key", first.ingest_key},
                      {"console_user", first.console_user},
                      {"console_password", first.console_password},
                      {"region", config.region},
                      {"ca_file", ca_file.string()}};
    console.out << to_json(line) << "\n";
    return;
  }
  console.err << "The first keys of account " << first.account << ". They are shown this once; keep them safe:\n\n";
  console.out << "export AWS_ACCESS_KEY_ID=" << first.access_key_id << "\n"
              << "export AWS_SECRET_ACCESS_KEY=" << first.secret_access_key << "\n"
              << "export AWS_DEFAULT_REGION=" << config.region << "\n"
              << "export OTEL_EXPORTER_OTLP_HEADERS=Authorization=Bearer%20" << first.ingest_key << "\n"
              << "# the console's first user and password\n"
              << "# " << first.console_user << " " << first.console_password << "\n";
}

ExitCode report(const Error& error, Console console) {
  console.err << "tocsin init: " << error.message << "\n";
  return exit_code_of(error.kind);
}

}  // namespace

ExitCode run_init(const ServerConfig& config, const InitOptions& options, const Clock& clock, const MakeFirstCredentials& make_credentials,
                  Console console) {
  if (const auto made = make_directory(config.data); !made) return report(made.error(), console);
  const auto certificate = wire::create_tls_files(config.data, options.hosts, clock.now());
  if (!certificate) return report(certificate.error(), console);
  const auto files = wire::tls_files(config.data);
  console.err << (*certificate ? "made the certificate " : "kept the certificate ") << files.certificate.string()
              << "; clients trust it by " << files.ca_certificate.string() << "\n";
  const auto first = make_credentials(config);
  if (!first && first.error().kind == ErrorKind::already_exists) {
    console.err << "kept the first keys: " << first.error().message << "\n";
    return ExitCode::done;
  }
  if (!first) return report(first.error(), console);
  print_credentials(config, *first, files.ca_certificate, options.json, console);
  return ExitCode::done;
}

}  // namespace tocsin::server
