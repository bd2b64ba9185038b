// One e-mail as RFC 5322 text. Pure.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace tocsin::delivery {

struct MailMessage {
  std::string from;             ///< "a@b.example" or "Some Name <a@b.example>"
  std::vector<std::string> to;  ///< the same forms
  std::string reply_to;
  std::string subject;
  std::string text;         ///< plain text; line ends as they come
  std::string html;         ///< "" for none
  std::string message_id;   ///< "<x@y>", the brackets are added when missing
  std::string in_reply_to;  ///< "" for none
  std::vector<std::string> references;
  std::vector<std::pair<std::string, std::string>> headers;  ///< further ones
};

/// The address itself: what stands between < and >, or all of it. Error invalid when it is none.
Result<std::string> address_of(std::string_view mailbox);
/// Header and body with CRLF: text alone, or multipart/alternative; non-ASCII header text as encoded words (RFC 2047). Error invalid: an
/// address that is none, or a header field that holds a line end.
Result<std::string> mail_text(const MailMessage& message, Instant date);

}  // namespace tocsin::delivery
