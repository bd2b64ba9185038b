// A copy of a database that another process may be writing.
#pragma once

#include <filesystem>

namespace tocsin::server {

/// The database and then its write-ahead log, which was not begun anew meanwhile: so the log holds every page that changed while it was
/// copied. Tries until that is so; false when it never was, or the file is not there.
bool copy_database(const std::filesystem::path& from, const std::filesystem::path& to, int tries = 20);

}  // namespace tocsin::server
