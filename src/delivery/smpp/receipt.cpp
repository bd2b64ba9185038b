#include "delivery/smpp/receipt.h"

#include <array>

#include "delivery/sms/gsm_text.h"

namespace tocsin::delivery::smpp {
namespace {

// "id:1 sub:001 … stat:DELIVRD …": the word behind the name
std::string word_behind(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos; at = text.find(name, at + 1)) {
    if (at > 0 && text[at - 1] != ' ') continue;
    const std::string_view rest = text.substr(at + name.size());
    return std::string(rest.substr(0, rest.find(' ')));
  }
  return {};
}

std::string state_of(const std::string& option) {
  constexpr std::array<const char*, 9> states = {"UNKNOWN", "ENROUTE", "DELIVRD", "EXPIRED", "DELETED",
                                                 "UNDELIV", "ACCEPTD", "UNKNOWN", "REJECTD"};
  const auto at = option.empty() ? 0u : static_cast<unsigned char>(option[0]);
  return at < states.size() ? states[at] : "UNKNOWN";
}

}  // namespace

std::optional<Receipt> receipt_of(const ShortMessage& message) {
  if ((message.esm_class & 0x3c) != 0x04) return std::nullopt;
  Receipt out{word_behind(message.text, "id:"), word_behind(message.text, "stat:")};
  if (const auto id = message.options.find(option_receipted_message_id); id != message.options.end())
    out.message_id = read_message_id(id->second);
  if (const auto state = message.options.find(option_message_state); state != message.options.end()) out.state = state_of(state->second);
  if (out.message_id.empty()) return std::nullopt;
  return out;
}

std::string text_of(const ShortMessage& message) {
  std::string_view bytes = message.text;
  if ((message.esm_class & 0x40) && !bytes.empty())
    bytes.remove_prefix(std::min(bytes.size(), 1 + static_cast<std::size_t>(static_cast<unsigned char>(bytes[0]))));
  if (message.data_coding == 8) return from_ucs2(bytes);
  if (message.data_coding == 0) return from_gsm_septets(bytes);
  // ASCII and Latin-1 (§5.2.19)
  std::string out;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      out += c;
    else
      out += {static_cast<char>(0xc0 | byte >> 6), static_cast<char>(0x80 | (byte & 0x3f))};
  }
  return out;
}

}  // namespace tocsin::delivery::smpp
