// What of a mail people read: subject and text (RFC 5322, 2045, 2047). Pure, and never fails: what cannot be read is left as it is.
#pragma once

#include <string>
#include <string_view>

namespace tocsin::wire {

struct MailText {
  std::string from;
  std::string subject;
  std::string text;  ///< the first text/plain part, decoded to UTF-8; of a mail that has none, empty
};

MailText read_mail(std::string_view bytes);
/// "=?utf-8?B?…?=" and "=?…?Q?…?=" undone.
std::string decode_words(std::string_view text);

}  // namespace tocsin::wire
