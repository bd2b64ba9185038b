#include "telemetry/traces/daemon_datagram.h"

#include <boost/json.hpp>

#include "base/document.h"

namespace tocsin::telemetry {

std::optional<std::string_view> document_of_datagram(std::string_view datagram) {
  const std::size_t line_end = datagram.find('\n');
  if (line_end == std::string_view::npos || line_end > 256) return std::nullopt;
  const auto header = parse_json(datagram.substr(0, line_end));
  if (!header || text_or(*header, "format") != "json" || integer_or(*header, "version", 0) != 1) return std::nullopt;
  const std::string_view document = datagram.substr(line_end + 1);
  if (document.find_first_not_of(" \t\r\n") == std::string_view::npos) return std::nullopt;
  return document;
}

}  // namespace tocsin::telemetry
