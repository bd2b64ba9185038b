// XML as requests hold it: elements, attributes, text. No document types, no entities but the five and characters by number.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace tocsin::wire {

struct XmlElement {
  std::string name;  ///< without its prefix
  std::string text;  ///< all text in it, in one
  std::vector<std::pair<std::string, std::string>> attributes;  ///< names as written: "xsi:type"
  std::vector<XmlElement> children;

  const XmlElement* child(std::string_view child_name) const;
};

/// The root of the document. `invalid` when it is not well formed, not UTF-8, or deeper than 64 levels.
Result<XmlElement> parse_xml(std::string_view text);

}  // namespace tocsin::wire
