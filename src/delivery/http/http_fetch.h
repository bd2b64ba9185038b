// Fetches a document by one GET, for reading what others offer (a scrape): nothing is sent that has to arrive.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::delivery {

class TransferThread;

struct FetchRequest {
  std::string url;     ///< http or https
  std::string accept;  ///< the header of that name
  Duration timeout = std::chrono::seconds(10);
  std::size_t bytes_max = 64u << 20;  ///< a longer document is an error
  std::vector<std::string> vouched_for = {};  ///< see vouched_certificates.h
  int redirects_max = 0;              ///< more of them are an error
};
struct FetchedDocument {
  std::string body;
  std::string content_type;
};

/// `done` is called once, on the transfer thread: `unavailable` without an answer of 200. Redirects are followed as often as it is allowed, to http and https.
void fetch(TransferThread& transfers, const FetchRequest& request, std::function<void(Result<FetchedDocument>)> done);

}  // namespace tocsin::delivery
