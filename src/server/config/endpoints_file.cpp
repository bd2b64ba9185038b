#include "server/config/endpoints_file.h"

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "base/document.h"
#include "base/text_time.h"

namespace tocsin::server {

Result<void> write_endpoints(const std::filesystem::path& file, const Endpoints& endpoints) {
  const Object document{{"pid", endpoints.process_id},
                        {"version", endpoints.version},
                        {"started", to_rfc3339(endpoints.started)},
                        {"dev", endpoints.dev},
                        {"urls", Array(endpoints.urls.begin(), endpoints.urls.end())}};
  const std::filesystem::path fresh = file.string() + ".new";
  std::ofstream(fresh, std::ios::trunc) << to_pretty_json(document) << "\n";
  std::error_code failed;
  std::filesystem::rename(fresh, file, failed);
  if (failed) return fail(ErrorKind::unavailable, "cannot write " + file.string() + ": " + failed.message());
  return {};
}

Result<Endpoints> read_endpoints(const std::filesystem::path& file) {
  std::ifstream in(file);
  if (!in) return fail(ErrorKind::not_found, "there is no " + file.string());
  std::ostringstream text;
  text << in.rdbuf();
  const auto document = parse_json(text.str());
  if (!document) return fail(ErrorKind::invalid, file.string() + " is no JSON: " + document.error().message);
  Endpoints endpoints{.process_id = static_cast<int>(integer_or(*document, "pid", 0)), .version = text_or(*document, "version")};
  endpoints.started = parse_rfc3339(text_or(*document, "started")).value_or(Instant{});
  endpoints.dev = truth_or(*document, "dev", false);
  for (const Document& url : array_at(*document, "urls"))
    if (url.is_string()) endpoints.urls.emplace_back(std::string_view(url.get_string()));
  return endpoints;
}

}  // namespace tocsin::server
