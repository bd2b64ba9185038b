#include "telemetry/logs/transformers/transformer.h"

#include <algorithm>
#include <array>
#include <boost/json.hpp>

#include "telemetry/logs/transformers/processors.h"

namespace tocsin::telemetry {
namespace {

using namespace transformers;

constexpr std::size_t processors_max = 20;
enum class Role { parser, vended_parser, mutator };

struct Known {
  std::string_view name;
  Role role;
  Compile compile;
};

constexpr std::array<Known, 22> known = {{{"parseJSON", Role::parser, parse_json_text},
                                          {"parseKeyValue", Role::parser, parse_key_values},
                                          {"csv", Role::parser, parse_csv},
                                          {"grok", Role::parser, parse_grok},
                                          {"parseCloudfront", Role::vended_parser, parse_cloudfront},
                                          {"parsePostgres", Role::vended_parser, parse_postgres},
                                          {"parseRoute53", Role::vended_parser, parse_route53},
                                          {"parseVPC", Role::vended_parser, parse_vpc},
                                          {"parseWAF", Role::vended_parser, parse_waf},
                                          {"addKeys", Role::mutator, add_keys},
                                          {"copyValue", Role::mutator, copy_values},
                                          {"deleteKeys", Role::mutator, delete_keys},
                                          {"listToMap", Role::mutator, list_to_map},
                                          {"moveKeys", Role::mutator, move_keys},
                                          {"renameKeys", Role::mutator, rename_keys},
                                          {"lowerCaseString", Role::mutator, lower_case},
                                          {"upperCaseString", Role::mutator, upper_case},
                                          {"trimString", Role::mutator, trim},
                                          {"splitString", Role::mutator, split_strings},
                                          {"substituteString", Role::mutator, substitute},
                                          {"typeConverter", Role::mutator, convert_types},
                                          {"dateTimeConverter", Role::mutator, convert_date_times}}};

std::unexpected<Error> invalid(std::string words) { return fail(ErrorKind::invalid, std::move(words)); }

}  // namespace

Result<Transformer> Transformer::compile(const Array& processors) {
  if (processors.empty()) return invalid("A transformer must have at least one processor.");
  if (processors.size() > processors_max) return invalid("A transformer must have at most 20 processors.");
  Transformer transformer;
  for (const Document& element : processors) {
    if (!element.is_object() || element.get_object().size() != 1)
      return invalid("Each element of the transformer configuration must have exactly one processor.");
    const std::string name(element.get_object().begin()->key());
    const Document& definition = element.get_object().begin()->value();
    if (name == "parseToOCSF") return fail(ErrorKind::unsupported, "The processor parseToOCSF is not offered by this server.");
    const auto found = std::find_if(known.begin(), known.end(), [&](const Known& each) { return each.name == name; });
    if (found == known.end()) return invalid("The processor " + name + " is not known.");
    const bool first = transformer.steps_.empty();
    if (first && found->role == Role::mutator) return invalid("The first processor of a transformer must be a parser.");
    if (!first && found->role == Role::vended_parser)
      return invalid("The processor " + name + " must be the first of a transformer.");
    if (first && text_at(definition, "source") && text_or(definition, "source") != "@message")
      return invalid("The first processor must read @message.");
    auto step = found->compile(definition);
    if (!step) return std::unexpected(step.error());
    transformer.steps_.push_back(std::move(*step));
  }
  return transformer;
}

std::optional<std::string> Transformer::transform(std::string_view message, const TransformedFrom& from) const {
  Object event;
  for (const auto& step : steps_)
    if (!step(event, message, from)) return std::nullopt;
  return to_json(event);
}

}  // namespace tocsin::telemetry
