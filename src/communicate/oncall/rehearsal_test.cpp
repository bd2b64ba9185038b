#include "communicate/oncall/rehearsal_test.h"

#include "base/text_time.h"

namespace tocsin::oncall {

std::string Life::to_time(Instant at) { return to_iso_offset_ms(at); }

std::string link_in(const std::string& text) {
  const auto at = text.find("https://t.example/a/");
  if (at == std::string::npos) return {};
  const auto begin = at + std::string_view("https://t.example").size();
  return text.substr(begin, text.find_first_of(" \n\"", begin) - begin);
}

}  // namespace tocsin::oncall
