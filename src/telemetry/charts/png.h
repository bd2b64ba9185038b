// A picture as PNG, eight bits a channel, no transparency. https://www.w3.org/TR/png/
#pragma once

#include <string>

#include "telemetry/charts/canvas.h"

namespace tocsin::telemetry {

std::string encode_png(const Canvas& canvas);

}  // namespace tocsin::telemetry
