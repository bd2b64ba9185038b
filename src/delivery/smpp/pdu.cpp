#include "delivery/smpp/pdu.h"

#include <algorithm>

namespace tocsin::delivery::smpp {
namespace {

constexpr std::size_t header_bytes = 16, pdu_bytes_max = 64 * 1024, short_message_bytes_max = 254;

void put_u32(std::string& out, std::uint32_t value) {
  for (const int shift : {24, 16, 8, 0}) out += static_cast<char>(value >> shift & 0xff);
}
void put_u16(std::string& out, std::size_t value) {
  out += static_cast<char>(value >> 8 & 0xff);
  out += static_cast<char>(value & 0xff);
}
std::uint32_t u32_at(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < 4; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}
// a C octet string: cut at `size_max` with its end, and at what would end it early
void put_text(std::string& out, std::string_view text, std::size_t size_max) {
  out += text.substr(0, std::min(text.find('\0'), size_max - 1));
  out += '\0';
}
void put_address(std::string& out, const Address& address) {
  out += static_cast<char>(address.type_of_number);
  out += static_cast<char>(address.numbering_plan);
  put_text(out, address.number, 21);
}

/// Reads from the front; what is missing breaks it.
struct Reader {
  std::string_view rest;
  bool broken = false;

  int byte() {
    if (rest.empty()) broken = true;
    if (broken) return 0;
    const int value = static_cast<unsigned char>(rest.front());
    rest.remove_prefix(1);
    return value;
  }
  std::string text() {
    const std::size_t end = rest.find('\0');
    if (end == std::string_view::npos) broken = true;
    if (broken) return {};
    std::string out(rest.substr(0, end));
    rest.remove_prefix(end + 1);
    return out;
  }
  std::string bytes(std::size_t size) {
    if (rest.size() < size) broken = true;
    if (broken) return {};
    std::string out(rest.substr(0, size));
    rest.remove_prefix(size);
    return out;
  }
  Address address() {
    Address out;
    out.type_of_number = byte();
    out.numbering_plan = byte();
    out.number = text();
    return out;
  }
};

struct StatusName {
  std::uint32_t status;
  std::string_view name;
};
constexpr StatusName names[] = {{0x01, "ESME_RINVMSGLEN"},       {0x04, "ESME_RINVBNDSTS"},  {0x05, "ESME_RALYBND"},
                                {0x08, "ESME_RSYSERR"},          {0x0a, "ESME_RINVSRCADR"},  {0x0b, "ESME_RINVDSTADR"},
                                {0x0d, "ESME_RBINDFAIL"},        {0x0e, "ESME_RINVPASWD"},   {0x0f, "ESME_RINVSYSID"},
                                {0x14, "ESME_RMSGQFUL"},         {0x45, "ESME_RSUBMITFAIL"}, {0x58, "ESME_RTHROTTLED"},
                                {0x64, "ESME_RX_T_APPN"},        {0x65, "ESME_RX_P_APPN"},   {0x66, "ESME_RX_R_APPN"},
                                {0xfe, "ESME_RDELIVERYFAILURE"}, {0xff, "ESME_RUNKNOWNERR"}};

}  // namespace

std::string write_pdu(const Pdu& pdu) {
  std::string out;
  put_u32(out, static_cast<std::uint32_t>(header_bytes + pdu.body.size()));
  put_u32(out, pdu.command);
  put_u32(out, pdu.status);
  put_u32(out, pdu.sequence);
  return out + pdu.body;
}

Result<std::optional<Pdu>> PduReader::next() {
  if (buffer_.size() < 4) return std::nullopt;
  const std::size_t length = u32_at(buffer_, 0);
  if (length < header_bytes || length > pdu_bytes_max) return fail(ErrorKind::invalid, "the message centre sent what is no SMPP");
  if (buffer_.size() < length) return std::nullopt;
  Pdu pdu{u32_at(buffer_, 4), u32_at(buffer_, 8), u32_at(buffer_, 12), buffer_.substr(header_bytes, length - header_bytes)};
  buffer_.erase(0, length);
  return pdu;
}

std::string write_bind(const Bind& bind) {
  std::string out;
  put_text(out, bind.system_id, 16);
  put_text(out, bind.password, 9);
  put_text(out, bind.system_type, 13);
  out += '\x34';  // version 3.4
  put_address(out, {});
  return out;
}

Address address_of(std::string_view number) {
  const bool digits = std::all_of(number.begin(), number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (number.starts_with('+')) return {1, 1, std::string(number.substr(1))};
  if (!digits) return {5, 0, std::string(number)};
  return number.size() <= 8 ? Address{0, 1, std::string(number)} : Address{1, 1, std::string(number)};
}

std::string write_message(const ShortMessage& message) {
  const bool long_text = message.text.size() > short_message_bytes_max;
  std::string out(1, '\0');  // service_type
  put_address(out, message.source);
  put_address(out, message.destination);
  out += static_cast<char>(message.esm_class);
  out += std::string(2, '\0');  // protocol_id, priority_flag
  out += std::string(2, '\0');  // schedule_delivery_time, validity_period
  out += static_cast<char>(message.registered_delivery);
  out += '\0';  // replace_if_present_flag
  out += static_cast<char>(message.data_coding);
  out += '\0';  // sm_default_msg_id
  out += static_cast<char>(long_text ? 0 : message.text.size());
  if (!long_text) out += message.text;
  const auto put_option = [&out](std::uint16_t tag, const std::string& value) {
    put_u16(out, tag);
    put_u16(out, value.size());
    out += value;
  };
  for (const auto& [tag, value] : message.options) put_option(tag, value);
  if (long_text) put_option(option_message_payload, message.text);
  return out;
}

Result<ShortMessage> read_message(std::string_view body) {
  Reader reader{body};
  ShortMessage out;
  reader.text();
  out.source = reader.address();
  out.destination = reader.address();
  out.esm_class = reader.byte();
  reader.bytes(2);
  reader.text();
  reader.text();
  out.registered_delivery = reader.byte();
  reader.byte();
  out.data_coding = reader.byte();
  reader.byte();
  out.text = reader.bytes(static_cast<std::size_t>(reader.byte()));
  if (reader.broken) return fail(ErrorKind::invalid, "the message is cut off");
  while (reader.rest.size() >= 4) {
    const auto number = [&] {
      const int high = reader.byte();
      return static_cast<std::uint16_t>(high << 8 | reader.byte());
    };
    const std::uint16_t tag = number(), size = number();
    std::string value = reader.bytes(size);
    if (reader.broken) return fail(ErrorKind::invalid, "an optional parameter is cut off");
    if (tag == option_message_payload && out.text.empty()) out.text = value;
    out.options[tag] = std::move(value);
  }
  return out;
}

std::string read_message_id(std::string_view body) { return std::string(body.substr(0, body.find('\0'))); }

bool is_passing(std::uint32_t status) {
  return status == 0x04 || status == 0x08 || status == 0x14 || status == 0x45 || status == 0x58 || status == 0x64 || status == 0xff;
}

std::string status_words(std::uint32_t status) {
  std::string_view name = "status";
  for (const StatusName& each : names)
    if (each.status == status) name = each.name;
  constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (std::uint32_t rest = status; rest || hex.size() < 2; rest >>= 4) hex.insert(hex.begin(), digits[rest & 0xf]);
  return std::string(name) + " (0x" + hex + ")";
}

}  // namespace tocsin::delivery::smpp
