#include "incidents/customer_state.h"

#include <gtest/gtest.h>

namespace tocsin::incidents {
namespace {

using State = CustomerState;
using Signal = CustomerSignal;

TEST(CustomerState, GoesForwardAndBackAsTheTableSays) {
  struct {
    State from;
    Signal signal;
    std::optional<State> to;
  } const table[] = {
      {State::investigating, Signal::cause_found, State::identified},
      {State::investigating, Signal::mitigated, State::monitoring},
      {State::investigating, Signal::relapsed, std::nullopt},
      {State::investigating, Signal::resolved, State::resolved},
      {State::investigating, Signal::reopened, std::nullopt},
      {State::identified, Signal::cause_found, std::nullopt},
      {State::identified, Signal::mitigated, State::monitoring},
      {State::identified, Signal::relapsed, std::nullopt},
      {State::identified, Signal::resolved, State::resolved},
      {State::identified, Signal::reopened, std::nullopt},
      {State::monitoring, Signal::cause_found, std::nullopt},
      {State::monitoring, Signal::mitigated, std::nullopt},
      {State::monitoring, Signal::relapsed, State::investigating},
      {State::monitoring, Signal::resolved, State::resolved},
      {State::monitoring, Signal::reopened, std::nullopt},
      {State::resolved, Signal::cause_found, std::nullopt},
      {State::resolved, Signal::mitigated, std::nullopt},
      {State::resolved, Signal::relapsed, std::nullopt},
      {State::resolved, Signal::resolved, std::nullopt},
      {State::resolved, Signal::reopened, State::investigating},
  };
  for (const auto& row : table)
    EXPECT_EQ(next_state(row.from, row.signal), row.to) << to_text(row.from) << ' ' << static_cast<int>(row.signal);
}

TEST(CustomerState, ReadsItsOwnWords) {
  for (const State state : {State::investigating, State::identified, State::monitoring, State::resolved})
    EXPECT_EQ(customer_state_from(to_text(state)), state);
  EXPECT_FALSE(customer_state_from("Resolved"));
}

}  // namespace
}  // namespace tocsin::incidents
