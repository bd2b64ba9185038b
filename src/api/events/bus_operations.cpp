#include <boost/json.hpp>

#include "api/events/operations.h"
#include "api/events/reply.h"

namespace tocsin::api::eventbridge {
namespace {

using events::EventBus;

constexpr std::size_t policy_length_max = 10240;
constexpr const char* definition_members[] = {"Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig"};

void read_definition(const Document& input, Object& definition) {
  for (const char* member : definition_members)
    if (const Document* value = find(input, member)) definition[member] = *value;
}

Object to_document(const EventBus& bus) {
  Object out{{"Name", bus.name}, {"Arn", bus.arn()}, {"CreationTime", to_ns(bus.created_at)}, {"LastModifiedTime", to_ns(bus.modified_at)}};
  if (!bus.policy.empty()) out["Policy"] = bus.policy;
  return out;
}

template <typename Act>
Reply with_bus(Rules& rules, const Call& call, const char* member, Act act) {
  auto bus = rules.find_bus(call.scope, text_or(call.input, member, events::default_bus));
  if (!bus) return refuse(bus.error());
  return act(*bus);
}

Array statements_of(const EventBus& bus) {
  const auto policy = parse_json(bus.policy);
  const Document* statements = policy ? find(*policy, "Statement") : nullptr;
  return statements && statements->is_array() ? statements->get_array() : Array{};
}

void set_statements(EventBus& bus, Array statements) {
  bus.policy = statements.empty() ? "" : to_json(Object{{"Version", "2012-10-17"}, {"Statement", std::move(statements)}});
}

Object new_statement(const Call& call, const EventBus& bus) {
  const std::string principal = text_or(call.input, "Principal");
  Object statement{{"Sid", text_or(call.input, "StatementId")}, {"Effect", "Allow"}};
  if (principal == "*")
    statement["Principal"] = "*";
  else
    statement["Principal"] = Object{{"AWS", "arn:aws:iam::" + principal + ":root"}};
  statement["Action"] = text_or(call.input, "Action");
  statement["Resource"] = bus.arn();
  if (const Document* condition = find(call.input, "Condition"))
    statement["Condition"] = Object{{text_or(*condition, "Type"), Object{{text_or(*condition, "Key"), text_or(*condition, "Value")}}}};
  return statement;
}

}  // namespace

Reply create_event_bus(Rules& rules, const Call& call) {
  if (find(call.input, "EventSourceName"))
    return api::refuse("ResourceNotFoundException", "EventSourceName: partner event sources are not offered by this server.");
  EventBus bus{.scope = call.scope,
               .name = text_or(call.input, "Name"),
               .definition = {},
               .policy = {},
               .tags = tags_at(call.input),
               .created_at = {},
               .modified_at = {}};
  read_definition(call.input, bus.definition);
  const auto made = rules.create_bus(bus);
  if (!made) return refuse(made.error());
  Object out = made->definition;
  out["EventBusArn"] = made->arn();
  return out;
}

Reply describe_event_bus(Rules& rules, const Call& call) {
  return with_bus(rules, call, "Name", [&](const EventBus& bus) -> Reply {
    Object out = to_document(bus);
    for (const auto& [member, value] : bus.definition) out[member] = value;
    return out;
  });
}

Reply list_event_buses(Rules& rules, const ListTokens& tokens, const Call& call) {
  const auto after = opened_token(call, tokens);
  if (!after) return std::unexpected(after.error());
  const int count = page_size(call);
  const auto found = rules.list_buses(call.scope, text_or(call.input, "NamePrefix"), *after, count);
  Array buses;
  for (const EventBus& bus : found) {
    Object shown = to_document(bus);
    if (const Document* description = find(bus.definition, "Description")) shown["Description"] = *description;
    buses.emplace_back(std::move(shown));
  }
  Object out{{"EventBuses", std::move(buses)}};
  if (static_cast<int>(found.size()) == count) out["NextToken"] = tokens.seal(call, found.back().name);
  return out;
}

Reply update_event_bus(Rules& rules, const Call& call) {
  return with_bus(rules, call, "Name", [&](EventBus& bus) -> Reply {
    read_definition(call.input, bus.definition);
    if (const auto updated = rules.update_bus(bus); !updated) return refuse(updated.error());
    Object out = bus.definition;
    out["Name"] = bus.name;
    out["Arn"] = bus.arn();
    return out;
  });
}

Reply delete_event_bus(Rules& rules, const Call& call) { return empty_or(rules.remove_bus(call.scope, text_or(call.input, "Name"))); }

Reply put_permission(Rules& rules, const Call& call) {
  return with_bus(rules, call, "EventBusName", [&](EventBus& bus) -> Reply {
    if (const auto policy = text_at(call.input, "Policy")) {
      if (!parse_json(*policy)) return api::refuse("ValidationException", "Parameter Policy is not valid.");
      bus.policy = *policy;
    } else {
      for (const char* member : {"Action", "Principal", "StatementId"})
        if (!find(call.input, member))
          return api::refuse("ValidationException", std::string("Parameter ") + member + " must be specified.");
      Array statements = statements_of(bus);
      const std::string id = text_or(call.input, "StatementId");
      Array kept;
      for (const Document& statement : statements)
        if (text_or(statement, "Sid") != id) kept.push_back(statement);
      kept.emplace_back(new_statement(call, bus));
      set_statements(bus, std::move(kept));
    }
    if (bus.policy.size() > policy_length_max) return api::refuse("PolicyLengthExceededException", "The resource policy is too long.");
    return empty_or(rules.update_bus(bus));
  });
}

Reply remove_permission(Rules& rules, const Call& call) {
  return with_bus(rules, call, "EventBusName", [&](EventBus& bus) -> Reply {
    Array kept;
    bool found = truth_or(call.input, "RemoveAllPermissions", false);
    if (!found)
      for (const Document& statement : statements_of(bus)) {
        if (text_or(statement, "Sid") == text_or(call.input, "StatementId"))
          found = true;
        else
          kept.push_back(statement);
      }
    if (!found) return api::refuse("ResourceNotFoundException", "Statement with the provided id does not exist.");
    set_statements(bus, std::move(kept));
    return empty_or(rules.update_bus(bus));
  });
}

}  // namespace tocsin::api::eventbridge
