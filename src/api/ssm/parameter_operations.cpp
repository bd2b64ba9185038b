#include "api/ssm/parameter_operations.h"

#include <algorithm>
#include <boost/json.hpp>
#include <memory>
#include <set>

namespace tocsin::api::ssm {
namespace {

using namespace remediate;

struct Room {
  ParameterStore& store;
  ListTokens pages;
};

Object to_parameter(const Scope& scope, const StoredParameter& parameter) {
  Object shape{{"Name", parameter.name},
               {"Type", to_text(parameter.type)},
               {"Value", parameter.value},
               {"Version", parameter.version},
               {"LastModifiedDate", to_ns(parameter.modified_at)},
               {"ARN", parameter_arn(scope, parameter.name)},
               {"DataType", parameter.data_type}};
  if (!parameter.selector.empty()) shape["Selector"] = parameter.selector;
  return shape;
}

/// The members that ParameterMetadata and ParameterHistory have in common.
Object to_metadata(const StoredParameter& parameter) {
  Object shape{{"Name", parameter.name},
               {"Type", to_text(parameter.type)},
               {"LastModifiedDate", to_ns(parameter.modified_at)},
               {"LastModifiedUser", parameter.modified_by},
               {"Version", parameter.version},
               {"Tier", to_text(parameter.tier)},
               {"Policies", Array{}},
               {"DataType", parameter.data_type}};
  if (!parameter.key_id.empty()) shape["KeyId"] = parameter.key_id;
  if (!parameter.description.empty()) shape["Description"] = parameter.description;
  if (!parameter.allowed_pattern.empty()) shape["AllowedPattern"] = parameter.allowed_pattern;
  return shape;
}

Reply put_parameter(Room& room, const Call& call) {
  const Document& input = call.input;
  if (find(input, "Policies")) return refuse("ValidationException", "Parameter policies are not offered by this server.");
  PutParameter request{.name = text_or(input, "Name"),
                       .value = text_or(input, "Value"),
                       .type = parse_parameter_type(text_or(input, "Type")),
                       .description = text_at(input, "Description"),
                       .allowed_pattern = text_at(input, "AllowedPattern"),
                       .key_id = text_or(input, "KeyId"),
                       .overwrite = truth_or(input, "Overwrite", false),
                       .tier = text_or(input, "Tier"),
                       .data_type = text_or(input, "DataType", "text"),
                       .tags = tags_at(input, "Tags"),
                       .author_arn = call.principal.arn};
  if (request.type != ParameterType::secure_string && request.type && !request.key_id.empty())
    return refuse("ValidationException",
                  "KeyId is required only for SecureString parameters; it can't be given for the type " + text_or(input, "Type") + ".");
  const auto outcome = room.store.put(call.scope, request);
  if (!outcome) return to_service_error(outcome.error());
  return Object{{"Version", outcome->version}, {"Tier", to_text(outcome->tier)}};
}

Reply get_parameter(Room& room, const Call& call) {
  const auto parameter = room.store.get(call.scope, text_or(call.input, "Name"), truth_or(call.input, "WithDecryption", false));
  if (!parameter) return to_service_error(parameter.error());
  return Object{{"Parameter", to_parameter(call.scope, *parameter)}};
}

Reply get_parameters(Room& room, const Call& call) {
  const auto names = texts_at(call.input, "Names");
  if (std::set<std::string>(names.begin(), names.end()).size() != names.size())
    return refuse("ValidationException", "Duplicate parameters are not allowed in the request.");
  Array found, invalid;
  for (const std::string& name : names) {
    const auto parameter = room.store.get(call.scope, name, truth_or(call.input, "WithDecryption", false));
    if (parameter)
      found.emplace_back(to_parameter(call.scope, *parameter));
    else
      invalid.emplace_back(name);
  }
  return Object{{"Parameters", std::move(found)}, {"InvalidParameters", std::move(invalid)}};
}

std::vector<ParameterFilter> filters_at(const Document& input) {
  std::vector<ParameterFilter> filters;
  for (const Document& filter : array_at(input, "ParameterFilters"))
    filters.push_back({text_or(filter, "Key"), text_or(filter, "Option"), texts_at(filter, "Values")});
  // the older Filters: a Name there is a beginning
  for (const Document& filter : array_at(input, "Filters")) {
    const std::string key = text_or(filter, "Key");
    filters.push_back({key, key == "Name" ? "BeginsWith" : "Equals", texts_at(filter, "Values")});
  }
  return filters;
}

/// Cuts the extra element off that tells whether there is more, and seals where the next page begins.
template <typename Items, typename Key>
void close_page(Object& reply, Items& items, std::size_t count, const Call& call, const ListTokens& pages, Key key) {
  if (items.size() <= count) return;
  items.resize(count);
  reply["NextToken"] = pages.seal(call, key(items.back()));
}

Reply get_parameters_by_path(Room& room, const Call& call) {
  const std::string path = text_or(call.input, "Path");
  if (!path.starts_with('/'))
    return refuse(
        "ValidationException",
        "The parameter doesn't meet the parameter name requirements. The parameter name must begin with a forward slash \"/\". It can't be "
        "prefixed with "
        "\"aws\" or \"ssm\" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ "
        "(underscore). "
        "Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol \"/\". Valid example: "
        "/get/parameters2-/by1./path0_.");
  const auto filters = filters_at(call.input);
  if (const auto checked = check_filters(filters, FilterUse::by_path); !checked) return to_service_error(checked.error());
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 10));
  auto found = room.store.by_path(call.scope, path, truth_or(call.input, "Recursive", false), filters,
                                  truth_or(call.input, "WithDecryption", false), *start, count + 1);
  Object reply;
  close_page(reply, found, count, call, room.pages, [](const StoredParameter& last) { return last.name; });
  Array parameters;
  for (const auto& parameter : found) parameters.emplace_back(to_parameter(call.scope, parameter));
  reply["Parameters"] = std::move(parameters);
  return reply;
}

Reply describe_parameters(Room& room, const Call& call) {
  if (find(call.input, "Filters") && find(call.input, "ParameterFilters"))
    return refuse("ValidationException", "You can use either Filters or ParameterFilters in a single request.");
  const auto filters = filters_at(call.input);
  if (const auto checked = check_filters(filters, FilterUse::describe_parameters); !checked) return to_service_error(checked.error());
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  Object reply;
  std::vector<StoredParameter> found;
  // nothing is shared from other accounts
  if (!truth_or(call.input, "Shared", false)) found = room.store.describe(call.scope, filters, *start, count + 1);
  close_page(reply, found, count, call, room.pages, [](const StoredParameter& last) { return last.name; });
  Array parameters;
  for (const auto& parameter : found) {
    Object shape = to_metadata(parameter);
    shape["ARN"] = parameter_arn(call.scope, parameter.name);
    parameters.emplace_back(std::move(shape));
  }
  reply["Parameters"] = std::move(parameters);
  return reply;
}

Reply get_parameter_history(Room& room, const Call& call) {
  const auto start = page_start(call, room.pages);
  if (!start) return std::unexpected(start.error());
  const auto count = static_cast<std::size_t>(integer_or(call.input, "MaxResults", 50));
  auto found = room.store.history(call.scope, text_or(call.input, "Name"), truth_or(call.input, "WithDecryption", false),
                                  start->empty() ? 0 : std::stoll(*start), count + 1);
  if (!found) return to_service_error(found.error());
  Object reply;
  close_page(reply, *found, count, call, room.pages, [](const StoredParameter& last) { return std::to_string(last.version); });
  Array parameters;
  for (const auto& parameter : *found) {
    Object shape = to_metadata(parameter);
    shape["Value"] = parameter.value;
    shape["Labels"] = to_array(parameter.labels);
    parameters.emplace_back(std::move(shape));
  }
  reply["Parameters"] = std::move(parameters);
  return reply;
}

Reply delete_parameter(Room& room, const Call& call) {
  const auto removed = room.store.remove(call.scope, text_or(call.input, "Name"));
  if (!removed) return to_service_error(removed.error());
  return Object{};
}

Reply delete_parameters(Room& room, const Call& call) {
  Array deleted, invalid;
  for (const std::string& name : texts_at(call.input, "Names"))
    (room.store.remove(call.scope, name) ? deleted : invalid).emplace_back(name);
  return Object{{"DeletedParameters", std::move(deleted)}, {"InvalidParameters", std::move(invalid)}};
}

Reply label_parameter_version(Room& room, const Call& call) {
  const auto outcome = room.store.label(call.scope, text_or(call.input, "Name"), integer_or(call.input, "ParameterVersion", 0),
                                        texts_at(call.input, "Labels"));
  if (!outcome) return to_service_error(outcome.error());
  return Object{{"InvalidLabels", to_array(outcome->invalid)}, {"ParameterVersion", outcome->version}};
}

Reply unlabel_parameter_version(Room& room, const Call& call) {
  const auto outcome = room.store.unlabel(call.scope, text_or(call.input, "Name"), integer_or(call.input, "ParameterVersion", 0),
                                          texts_at(call.input, "Labels"));
  if (!outcome) return to_service_error(outcome.error());
  return Object{{"RemovedLabels", to_array(outcome->changed)}, {"InvalidLabels", to_array(outcome->invalid)}};
}

}  // namespace

std::vector<Operation> parameter_operations(ParameterStore& store, ListTokens pages) {
  const auto room = std::make_shared<Room>(Room{store, std::move(pages)});
  const auto bind = [room](Reply (*handle)(Room&, const Call&)) -> Handle {
    return [room, handle](const Call& call) { return handle(*room, call); };
  };
  return {{"PutParameter", bind(put_parameter)},
          {"GetParameter", bind(get_parameter)},
          {"GetParameters", bind(get_parameters)},
          {"GetParametersByPath", bind(get_parameters_by_path)},
          {"DescribeParameters", bind(describe_parameters)},
          {"GetParameterHistory", bind(get_parameter_history)},
          {"DeleteParameter", bind(delete_parameter)},
          {"DeleteParameters", bind(delete_parameters)},
          {"LabelParameterVersion", bind(label_parameter_version)},
          {"UnlabelParameterVersion", bind(unlabel_parameter_version)}};
}

}  // namespace tocsin::api::ssm
