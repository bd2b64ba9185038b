// What `tocsin doctor` looks at around the server: the machine, the file system, the settings. As doctor_checks.h: each looks at one thing,
// none changes anything.
#pragma once

#include "server/commands/doctor_checks.h"

namespace tocsin::server {

/// Whether others of the machine can read the data, which hold secrets.
Finding check_privacy(const std::filesystem::path& directory);
/// Data whose key is gone: what is sealed cannot be opened.
Finding check_server_key(const std::filesystem::path& directory);
/// Whether anybody can sign a request.
Finding check_first_keys(const std::filesystem::path& directory);
/// A server that holds the directory and answers nobody.
Finding check_hanging_server(const ServerConfig& config);
Finding check_file_system(const std::filesystem::path& directory);
Finding check_free_files(const std::filesystem::path& directory);
Finding check_open_files();
Finding check_memory();
Finding check_time_zones(const std::filesystem::path& zones = "/usr/share/zoneinfo");
Finding check_public_url(const ServerConfig& config);
Finding check_dev(const ServerConfig& config);
Finding check_sender(const ServerConfig& config);
/// The files of authorities that are named.
Finding check_authorities(const ServerConfig& config);

// --- what a number means; pure
Finding judge_file_system(long type_magic, const std::filesystem::path& directory);
Finding judge_free_files(std::uint64_t free, std::uint64_t all, const std::filesystem::path& directory);
Finding judge_open_files(std::uint64_t limit);
Finding judge_memory(std::uint64_t bytes);
/// Why an address cannot be bound, and what to do, from the system's words.
Finding judge_bind_failure(const std::string& words, const std::string& address, int port);

}  // namespace tocsin::server
