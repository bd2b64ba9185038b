#include "detect/probes/probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text_time.h"
#include "detect/reports/heartbeats.h"

namespace tocsin::detect {
namespace {

using namespace std::chrono_literals;

struct KindName {
  ProbeKind kind;
  std::string_view text;
};
constexpr KindName kind_names[] = {
    {ProbeKind::http, "http"}, {ProbeKind::tcp, "tcp"}, {ProbeKind::tls, "tls"}, {ProbeKind::dns, "dns"}, {ProbeKind::icmp, "icmp"}};
constexpr std::string_view members[] = {"type",   "target", "every",    "timeout", "failures",
                                        "status", "expect", "daysLeft", "service", "severity"};

std::unexpected<Error> bad(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

Result<void> read_span(const Document& document, const char* member, Duration min, Duration max, Duration& out) {
  const auto text = text_at(document, member);
  if (!text) return {};
  const auto span = parse_span(*text);
  if (!span || *span < min || *span > max) return bad(fmt::format("{} is a span such as 30s or 5m, from {} to {}", member, to_words(min), to_words(max)));
  out = *span;
  return {};
}

Result<void> read_number(const Document& document, const char* member, int min, int max, int& out) {
  if (!find(document, member)) return {};
  const auto number = integer_at(document, member);
  if (!number || *number < min || *number > max) return bad(fmt::format("{} is a number from {} to {}", member, min, max));
  out = static_cast<int>(*number);
  return {};
}

bool is_host_and_port(const std::string& target) {
  const std::size_t colon = target.rfind(':');
  return colon != std::string::npos && colon > 0 && colon + 1 < target.size() && target.size() - colon <= 6 &&
         target.find_first_not_of("0123456789", colon + 1) == std::string::npos;
}

}  // namespace

std::string_view to_text(ProbeKind kind) {
  for (const KindName& name : kind_names)
    if (name.kind == kind) return name.text;
  return {};
}

Result<ProbeSpec> read_probe(const std::string& name, const Document& document) {
  if (!document.is_object()) return bad("a JSON object is wanted");
  if (!is_heartbeat_name(name)) return bad("the name of a probe is of letters, digits and . _ -");
  for (const auto& [member, value] : document.get_object())
    if (std::ranges::find(members, std::string_view(member)) == std::end(members))
      return bad(fmt::format("{} is no member of a probe", std::string(member)));
  ProbeSpec spec{
      .name = name, .target = text_or(document, "target"), .expect = text_or(document, "expect"), .service = text_or(document, "service")};
  spec.severity = text_or(document, "severity", spec.severity);
  const std::string type = text_or(document, "type", "http");
  const auto kind = std::ranges::find(kind_names, std::string_view(type), &KindName::text);
  if (kind == std::end(kind_names)) return bad("type is one of http, tcp, tls, dns, icmp");
  spec.kind = kind->kind;
  Result<void> read = read_span(document, "every", 5s, 24h, spec.every);
  if (read) read = read_span(document, "timeout", 1s, 20s, spec.timeout);
  if (read) read = read_number(document, "failures", 1, 100, spec.failures);
  if (read) read = read_number(document, "status", 100, 599, spec.status);
  if (read) read = read_number(document, "daysLeft", 0, 3650, spec.days_left);
  if (!read) return std::unexpected(read.error());
  if (spec.target.empty() || spec.target.size() > 2048 || spec.target.find_first_of(" \r\n\t") != std::string::npos)
    return bad("target is wanted");
  if (spec.kind == ProbeKind::http && !spec.target.starts_with("http://") && !spec.target.starts_with("https://"))
    return bad("target is a URL of http or https");
  if ((spec.kind == ProbeKind::tcp || spec.kind == ProbeKind::tls) && !is_host_and_port(spec.target)) return bad("target is HOST:PORT");
  return spec;
}

}  // namespace tocsin::detect
