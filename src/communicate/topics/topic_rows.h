// What the sources of this folder share: errors in the service's words, and maps as JSON.
#pragma once

#include <string>

#include "base/document.h"
#include "base/result.h"
#include "communicate/topics/topic.h"

namespace tocsin::communicate {

/// "Invalid parameter: WHAT".
std::unexpected<Error> bad_parameter(const std::string& what);
/// An error of one attribute, as CreateTopic and Subscribe put it, to which many are given at once.
Error of_attributes(Error error);
TextMap to_text_map(const Document& document);
Object to_object(const TextMap& map);

}  // namespace tocsin::communicate
