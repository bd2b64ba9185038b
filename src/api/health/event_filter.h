// What Health's filters say: AND across fields, OR within one. https://docs.aws.amazon.com/health/latest/APIReference/API_EventFilter.html
#pragma once

#include "base/document.h"
#include "detect/health/health_event.h"

namespace tocsin::api::health {

bool passes(const Document& filter, const detect::HealthEvent& event, Instant now);
/// Of one entity of an event that is named already.
bool passes(const Document& filter, const detect::HealthEvent& event, const detect::HealthEntity& entity);

}  // namespace tocsin::api::health
