#include "model/alarm_state_changed.h"

namespace tocsin {

std::string_view to_text(AlarmState state) {
  switch (state) {
    case AlarmState::ok: return "OK";
    case AlarmState::alarm: return "ALARM";
    case AlarmState::insufficient_data: return "INSUFFICIENT_DATA";
  }
  return "INSUFFICIENT_DATA";
}

}  // namespace tocsin
