// What the sources of this folder share: rows as values, and errors in the service's words.
#pragma once

#include <string>

#include "events/rules/rule.h"
#include "storage/sql.h"

namespace tocsin::events {

inline constexpr const char* rule_columns =
    "SELECT account, region, bus, name, pattern, schedule, state, description, role_arn, tags, created_at, scheduled_from FROM "
    "events_rules ";
/// The part of the state that rules, targets and buses are; see StateExecutor::note_change.
inline constexpr std::string_view rules_part = "rules";
Rule read_rule(const storage::Row& row);

Object to_object(const Tags& tags);
Tags to_tags(const Document& document);

std::unexpected<Error> no_rule(const std::string& name, const std::string& bus);
std::unexpected<Error> no_bus(const std::string& name);
std::unexpected<Error> bad_request(std::string words);

}  // namespace tocsin::events
