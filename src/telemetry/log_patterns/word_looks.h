// What a word of a log looks like.
#pragma once

#include <optional>
#include <string_view>

#include "telemetry/log_patterns/line_shape.h"

namespace tocsin::telemetry {

/// What kind of variable the word is by its letters alone; nothing when it may be a word of the message.
std::optional<VariableKind> variable_kind(std::string_view word);
/// KB, ms, s, %: belongs to the number before it.
bool is_unit(std::string_view word);
/// ms, s, min
bool is_unit_of_time(std::string_view word);
/// Mon, Tuesday, Jan, February.
bool is_calendar_name(std::string_view word);
/// INFO, warn, Error, FATAL, D (as Android writes it).
bool is_level(std::string_view word);
/// user, host, file …: what follows is put in.
bool names_a_value(std::string_view word);
/// for, from, to, by, on, in, at, with, of
bool is_preposition(std::string_view word);
/// CAPITALS, WITH_UNDERSCORES, a.dotted.Name, snake_case_name
bool looks_put_in(std::string_view word);

}  // namespace tocsin::telemetry
