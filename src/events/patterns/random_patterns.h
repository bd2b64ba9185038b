// Random patterns and events for tests, made of few names and few values so that they meet often.
#pragma once

#include <string>

#include "base/random.h"

namespace tocsin::events {

std::string random_pattern(Random& random);
std::string random_event(Random& random);

}  // namespace tocsin::events
