#include "server/node/identity_documents.h"

#include <memory>

#include "delivery/curl/transfer_thread.h"
#include "delivery/http/http_fetch.h"

namespace tocsin::server {
namespace {

constexpr std::size_t at_a_time = 4;
constexpr std::size_t bytes_max = 1 << 20;

}  // namespace

FetchIdentityDocument fetch_identity_documents() {
  return [transfers = std::make_shared<std::unique_ptr<delivery::TransferThread>>()](const std::string& url, const std::vector<std::string>& thumbprints,
                                                                                      std::function<void(Result<std::string>)> done) {
    if (!*transfers) *transfers = std::make_unique<delivery::TransferThread>(at_a_time);
    delivery::fetch(**transfers, {.url = url, .accept = "application/json", .bytes_max = bytes_max, .vouched_for = thumbprints},
                    [done = std::move(done)](Result<delivery::FetchedDocument> document) {
                      done(document ? Result<std::string>(std::move(document->body)) : std::unexpected(document.error()));
                    });
  };
}

}  // namespace tocsin::server
