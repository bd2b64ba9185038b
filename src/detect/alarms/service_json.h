// JSON text as the service prints it: doubles as 50.0 and 1.0E7, as people read them in notifications, StateReasonData and HistoryData.
#pragma once

#include <string>

#include "base/document.h"

namespace tocsin::detect {

std::string to_service_json(const Document& document);

}  // namespace tocsin::detect
