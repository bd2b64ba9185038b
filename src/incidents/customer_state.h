// What customers are told about an incident: investigating → identified → monitoring → resolved, and the way back when a fix does not hold.
#pragma once

#include <optional>
#include <string_view>

namespace tocsin::incidents {

enum class CustomerState { investigating, identified, monitoring, resolved };

/// What moves it. `cause_found`: by a person or a runbook; `mitigated`: the measure is normal again; `relapsed`: it is bad again before the
/// end.
enum class CustomerSignal { cause_found, mitigated, relapsed, resolved, reopened };

/// The state after the signal; nullopt when the signal changes nothing there. Total over both.
std::optional<CustomerState> next_state(CustomerState state, CustomerSignal signal);

/// Statuspage's words, lower case.
std::string_view to_text(CustomerState state);
std::optional<CustomerState> customer_state_from(std::string_view text);

}  // namespace tocsin::incidents
