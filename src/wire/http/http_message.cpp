#include "wire/http/http_message.h"

#include <strings.h>

namespace tocsin::wire {
namespace {
bool same_name(std::string_view a, std::string_view b) { return a.size() == b.size() && strncasecmp(a.data(), b.data(), a.size()) == 0; }
}  // namespace

void Headers::set(std::string_view name, std::string value) {
  std::erase_if(fields_, [&](const Field& field) { return same_name(field.first, name); });
  add(std::string(name), std::move(value));
}

std::string_view Headers::get(std::string_view name) const {
  for (const Field& field : fields_)
    if (same_name(field.first, name)) return field.second;
  return {};
}

bool Headers::has(std::string_view name) const {
  for (const Field& field : fields_)
    if (same_name(field.first, name)) return true;
  return false;
}

}  // namespace tocsin::wire
