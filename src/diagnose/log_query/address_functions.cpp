// Functions of IP addresses. https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-operations-functions.html
#include <array>

#include "diagnose/log_query/function_names.h"
#include "diagnose/log_query/ip_address.h"

namespace tocsin::diagnose {
namespace {

using Arguments = const FunctionArguments&;

Value is_valid(Arguments a) { return truth_value(parse_ip(a.text(0)).has_value()); }
template <bool v6>
Value is_version(Arguments a) {
  const auto address = parse_ip(a.text(0));
  return truth_value(address && address->v6 == v6);
}

bool in_subnet(Arguments a) {
  const auto address = parse_ip(a.text(0));
  const auto range = parse_ip_range(a.text(1));
  return address && range && range->contains(*address);
}
Value is_in_subnet(Arguments a) { return truth_value(in_subnet(a)); }
template <bool v6>
Value is_in_version_subnet(Arguments a) {
  const auto address = parse_ip(a.text(0));
  return truth_value(address && address->v6 == v6 && in_subnet(a));
}

Value to_number(Arguments a) {
  const auto address = parse_ip(a.text(0));
  if (!address || address->v6) return {};
  double number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number * 256 + address->bytes[i];
  return number;
}

Value is_private_ip(Arguments a) {
  const auto address = parse_ip(a.text(0));
  return truth_value(address && is_private(*address));
}
Value is_public_ip(Arguments a) {
  const auto address = parse_ip(a.text(0));
  return truth_value(address && !is_private(*address) && !is_reserved(*address));
}
Value is_reserved_ip(Arguments a) {
  const auto address = parse_ip(a.text(0));
  return truth_value(address && is_reserved(*address));
}

constexpr std::array forms = {
    FunctionForm{.name = "isvalidip", .arguments_min = 1, .arguments_max = 1, .compute = is_valid, .takes_null = true},
    FunctionForm{.name = "isvalidipv4", .arguments_min = 1, .arguments_max = 1, .compute = is_version<false>, .takes_null = true},
    FunctionForm{.name = "isvalidipv6", .arguments_min = 1, .arguments_max = 1, .compute = is_version<true>, .takes_null = true},
    FunctionForm{.name = "isipinsubnet", .arguments_min = 2, .arguments_max = 2, .compute = is_in_subnet, .takes_null = true},
    FunctionForm{
        .name = "isipv4insubnet", .arguments_min = 2, .arguments_max = 2, .compute = is_in_version_subnet<false>, .takes_null = true},
    FunctionForm{
        .name = "isipv6insubnet", .arguments_min = 2, .arguments_max = 2, .compute = is_in_version_subnet<true>, .takes_null = true},
    FunctionForm{"ipv4tonumber", 1, 1, to_number},
    FunctionForm{.name = "isprivateip", .arguments_min = 1, .arguments_max = 1, .compute = is_private_ip, .takes_null = true},
    FunctionForm{.name = "ispublicip", .arguments_min = 1, .arguments_max = 1, .compute = is_public_ip, .takes_null = true},
    FunctionForm{.name = "isreservedip", .arguments_min = 1, .arguments_max = 1, .compute = is_reserved_ip, .takes_null = true}};

}  // namespace

std::span<const FunctionForm> address_functions() { return forms; }

}  // namespace tocsin::diagnose
