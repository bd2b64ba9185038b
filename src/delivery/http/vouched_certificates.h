// Servers whose certificate no known authority signed, but whose owner named a certificate of its chain by its fingerprint.
#pragma once

#include <string>
#include <vector>

namespace tocsin::delivery {

/// `curl` is a CURL* that starts no transfer yet; `fingerprints` are SHA-1 in hex of either case, and must outlive the transfer. A chain that the system's authorities do
/// not vouch for holds if a certificate that the server sent has one of them and the chain holds up to it; the name and the times are checked as ever. Nothing that was trusted so is reused by another transfer.
void trust_also(void* curl, const std::vector<std::string>& fingerprints);

}  // namespace tocsin::delivery
