// Array consistency: no match combines fields of different elements of one array. Pure.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns-arrays.html
#pragma once

#include <vector>

#include "events/patterns/flat_event.h"

namespace tocsin::events {

/// The elements that a leaf lies in, outermost first.
using LeafPlace = std::vector<ArrayElement>;
/// The leaves of one field that satisfy it, in the order of the event; at least one.
using LeafPlaces = std::vector<const LeafPlace*>;

/// Whether one leaf of each field can be taken so that all that lie in one array lie in the same element of it. A field with a leaf in no
/// array agrees with all.
bool elements_agree(const std::vector<LeafPlaces>& fields);

}  // namespace tocsin::events
