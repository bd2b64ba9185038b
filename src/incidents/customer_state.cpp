#include "incidents/customer_state.h"

namespace tocsin::incidents {
namespace {
std::optional<CustomerState> unless_there(CustomerState now, CustomerState wanted) {
  return now == wanted ? std::nullopt : std::optional(wanted);
}
}  // namespace

std::optional<CustomerState> next_state(CustomerState state, CustomerSignal signal) {
  const bool resolved = state == CustomerState::resolved;
  switch (signal) {
    case CustomerSignal::resolved:
      return unless_there(state, CustomerState::resolved);
    case CustomerSignal::reopened:
      return resolved ? std::optional(CustomerState::investigating) : std::nullopt;
    case CustomerSignal::cause_found:
      return state == CustomerState::investigating ? std::optional(CustomerState::identified) : std::nullopt;
    case CustomerSignal::mitigated:
      return resolved ? std::nullopt : unless_there(state, CustomerState::monitoring);
    case CustomerSignal::relapsed:
      return state == CustomerState::monitoring ? std::optional(CustomerState::investigating) : std::nullopt;
  }
  return std::nullopt;
}

std::string_view to_text(CustomerState state) {
  switch (state) {
    case CustomerState::investigating:
      return "investigating";
    case CustomerState::identified:
      return "identified";
    case CustomerState::monitoring:
      return "monitoring";
    case CustomerState::resolved:
      return "resolved";
  }
  return "investigating";
}

std::optional<CustomerState> customer_state_from(std::string_view text) {
  for (const CustomerState state :
       {CustomerState::investigating, CustomerState::identified, CustomerState::monitoring, CustomerState::resolved}) {
    if (to_text(state) == text) return state;
  }
  return std::nullopt;
}

}  // namespace tocsin::incidents
