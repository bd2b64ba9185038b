// What `tocsin doctor` says of the blocks of logs: each is read, and its checksum compared.
#pragma once

#include <filesystem>

#include "server/commands/doctor_checks.h"

namespace tocsin::server {

/// Of a stopped server; a running one holds its database for itself and tells damage when it reads.
Finding check_log_blocks(const std::filesystem::path& data);

}  // namespace tocsin::server
