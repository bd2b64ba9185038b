#include "server/commands/http_probe.h"

#include <boost/json.hpp>
#include <future>

#include "delivery/curl/transfer_thread.h"
#include "delivery/http/http_carrier.h"

namespace tocsin::server {

Result<ProbeAnswer> probe_http(const std::string& url, const std::filesystem::path& ca_file, Duration timeout) {
  delivery::TransferThread transfers(1);
  delivery::HttpCarrier carrier({.ca_file = ca_file, .connect_timeout = timeout, .total_timeout = timeout}, transfers);
  std::promise<delivery::CarryOutcome> outcome;
  carrier.carry("probe", Object{{"method", "GET"}, {"url", url}}, [&](delivery::CarryOutcome came) { outcome.set_value(std::move(came)); });
  const delivery::CarryOutcome came = outcome.get_future().get();
  if (came.status == 0) return fail(ErrorKind::unavailable, came.error);
  return ProbeAnswer{came.status, text_or(came.answer, "body")};
}

}  // namespace tocsin::server
