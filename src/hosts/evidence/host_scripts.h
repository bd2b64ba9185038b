// The shell scripts that tell what a host looks like; for /bin/sh with the tools of any Linux.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::hosts {

/// The state of a host as it is kept before anything is changed on it; for people. Takes a few seconds at most, prints less than 24,000
/// characters.
std::string_view state_script();

/// A quick look at what has run out, and which of these processes are gone; read_host_look reads what it prints.
std::string look_script(const std::vector<std::int64_t>& process_ids);

}  // namespace tocsin::hosts
