#include "detect/alarms/service_json.h"

#include <boost/json.hpp>

#include "detect/alarms/alarm_reason.h"

namespace tocsin::detect {
namespace {

void print(std::string& out, const Document& value) {
  if (value.is_double()) {
    out += number_text(value.get_double());
  } else if (value.is_object()) {
    char before = '{';
    for (const auto& [key, member] : value.get_object()) {
      out += before;
      out += boost::json::serialize(boost::json::string_view(key)) + ':';
      print(out, member);
      before = ',';
    }
    out += before == '{' ? "{}" : "}";
  } else if (value.is_array()) {
    char before = '[';
    for (const Document& element : value.get_array()) {
      out += before;
      print(out, element);
      before = ',';
    }
    out += before == '[' ? "[]" : "]";
  } else {
    out += boost::json::serialize(value);
  }
}

}  // namespace

std::string to_service_json(const Document& document) {
  std::string out;
  print(out, document);
  return out;
}

}  // namespace tocsin::detect
