// The mail of a page: what, value against normal, since, impact, why you, last change, evidence, runbook, acknowledge, who is next and
// when. Pure.
#pragma once

#include <string>

#include "communicate/oncall/page_facts.h"

namespace tocsin::oncall {

/// What differs from reader to reader and from message to message.
struct PageAddress {
  std::string contact_name;
  std::string why_you;  ///< "You are second. alice did not acknowledge in 5 min (mail delivered 03:05)."
  std::string next;     ///< "Next: manager, 03:15 UTC." or that nobody is
  std::string ack_url;
  std::string page_arn;
  std::string code;        ///< for AcceptPage
  std::string reply_code;  ///< for the answer to an SMS
  std::string flapping;    ///< said first, when the same comes again and again
  int message_number = 1;
};

struct PageMail {
  std::string subject;
  std::string text;
  std::string html;
};

PageMail page_mail(const PageFacts& facts, const PageAddress& address);
/// What is kept of it as the page's content: the text without the link and the code.
std::string page_content(const PageFacts& facts, const PageAddress& address);

/// "03:05 UTC"
std::string clock_words(Instant at);
/// "first", "second" … "tenth", then "11th".
std::string ordinal_words(std::size_t number);

}  // namespace tocsin::oncall
