#include "delivery/smpp/pdu.h"

#include <gtest/gtest.h>

#include "base/encoding.h"
#include "delivery/smpp/receipt.h"
#include "fuzz/mutate.h"

namespace tocsin::delivery::smpp {
namespace {

TEST(SmppPdu, ABindIsTheBytesOfTheSpecification) {
  const Pdu pdu{static_cast<std::uint32_t>(Command::bind_transceiver), 0, 1, write_bind({"SMPP3TEST", "secret08", "SUBMIT1"})};
  EXPECT_EQ(to_hex(write_pdu(pdu)),
            "0000002f000000090000000000000001"
            "534d50503354455354007365637265743038005355424d4954310034000000");
}

TEST(SmppPdu, UnitsAreCutFromTheStreamHoweverItComes) {
  const std::string bytes = write_pdu({0x15, 0, 7, ""}) + write_pdu({4, 0, 8, "abc"});
  PduReader reader;
  std::vector<Pdu> units;
  for (const char c : bytes) {
    reader.feed(std::string_view(&c, 1));
    while (auto unit = *reader.next()) units.push_back(*unit);
  }
  ASSERT_EQ(units.size(), 2u);
  EXPECT_EQ(units[1].body, "abc");
  PduReader broken;
  broken.feed("HTTP/1.1 400 Bad Request");
  EXPECT_FALSE(broken.next());
}

TEST(SmppPdu, AMessageReadsBackAsItWasWritten) {
  ShortMessage message{.source = address_of("Tocsin"), .destination = address_of("+491701234567"), .registered_delivery = 1};
  message.text = std::string(300, 'x');
  const auto read = read_message(write_message(message));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->text, message.text);
  EXPECT_EQ(read->source.type_of_number, 5);
  EXPECT_EQ(read->destination.type_of_number, 1);
  EXPECT_EQ(read->destination.number, "491701234567");
}

TEST(SmppReceipt, SaysWhatBecameOfAMessage) {
  ShortMessage message{.source = address_of("+491701234567"), .destination = address_of("Tocsin"), .esm_class = 4};
  message.text = "id:42 sub:001 dlvrd:001 submit date:2611240600 done date:2611240601 stat:DELIVRD err:000 text:SEV2 id:";
  const auto receipt = receipt_of(message);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->message_id, "42");
  EXPECT_TRUE(receipt->is_delivered());
  message.options[option_receipted_message_id] = std::string("abc\0", 4);
  message.options[option_message_state] = "\x05";
  EXPECT_EQ(receipt_of(message)->message_id, "abc");
  EXPECT_TRUE(receipt_of(message)->is_failed());
  message.esm_class = 0;
  EXPECT_FALSE(receipt_of(message));
}

TEST(SmppReceipt, RepliesAreReadInTheirAlphabet) {
  EXPECT_EQ(text_of({.data_coding = 0, .text = std::string("4821 \x00", 6)}), "4821 @");
  EXPECT_EQ(text_of({.data_coding = 8, .text = std::string("\x04\x10", 2)}), "А");
  EXPECT_EQ(text_of({.data_coding = 3, .text = "caf\xe9"}), "café");
  EXPECT_EQ(text_of({.esm_class = 0x40, .data_coding = 0, .text = std::string("\x05\x00\x03\x01\x02\x01zwei", 10)}), "zwei");
}

// Fuzz: any bytes from a message centre. Invariants: nothing crashes, a unit is never longer than what was fed.
TEST(SmppFuzz, AnyBytesFromAMessageCentreAreRead) {
  ShortMessage message{.source = address_of("+49170"), .destination = address_of("Tocsin"), .esm_class = 4};
  message.text = "id:42 sub:001 stat:DELIVRD err:000";
  message.options[option_message_state] = "\x02";
  const std::string good = write_pdu({5, 0, 1, write_message(message)});
  fuzz::mutate({good, write_pdu({0x80000004, 0, 2, std::string("77\0", 3)}), good.substr(0, 20)}, 5000, [](std::string_view bytes) {
    PduReader reader;
    reader.feed(bytes);
    for (int units = 0; units < 100; ++units) {
      const auto unit = reader.next();
      if (!unit || !*unit) break;
      EXPECT_LE((*unit)->body.size(), bytes.size());
      if (const auto read = read_message((*unit)->body)) {
        EXPECT_TRUE(is_utf8(text_of(*read)) || read->data_coding != 0);
        (void)receipt_of(*read);
      }
    }
  });
}

}  // namespace
}  // namespace tocsin::delivery::smpp
