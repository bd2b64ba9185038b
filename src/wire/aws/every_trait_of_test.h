// A service that has every trait once, for the codecs' vectors. The model is testdata/every_trait.json.
#pragma once

#include <boost/json.hpp>
#include <fstream>
#include <sstream>

#include "wire/aws/codec.h"
#include "wire/aws/request_of_test.h"

namespace tocsin::wire::test {

inline const ServiceModel& every_trait() {
  static const std::unique_ptr<ServiceModel> model = [] {
    std::ifstream file(TOCSIN_SOURCE_DIR "/src/wire/aws/testdata/every_trait.json");
    std::stringstream text;
    text << file.rdbuf();
    auto parsed = parse_service_model("traits", text.str());
    return parsed ? std::move(*parsed) : std::make_unique<ServiceModel>();
  }();
  return *model;
}

inline Route route_to(std::string_view operation, Protocol protocol) {
  return {.service = &every_trait(), .operation = every_trait().operation(operation), .protocol = protocol};
}

/// 2026-11-24T06:49:39.123Z and the whole second before it.
inline constexpr std::int64_t moment_ns = 1'795'502'979'123'000'000;
inline constexpr std::int64_t second_ns = 1'795'502'979'000'000'000;

/// The document parsed, as JSON text with bytes shown as they are; "ERROR code" otherwise.
inline std::string text_of(const Parsed<Document>& parsed) { return parsed ? to_json(*parsed) : "ERROR " + parsed.error().code; }
inline Document json_document(std::string_view text) { return parse_json(text).value(); }

}  // namespace tocsin::wire::test
