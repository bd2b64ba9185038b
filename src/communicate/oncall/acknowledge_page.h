// The page behind the link of a mail, for a phone at night: what it is, one button, the context. Server-rendered, no scripts, dark and
// light. Pure.
#pragma once

#include <string>
#include <vector>

#include "communicate/oncall/page_facts.h"

namespace tocsin::oncall {

struct AcknowledgeView {
  PageFacts facts;
  std::string contact_name;
  std::string why_you, next;  ///< may be empty
  std::string action;         ///< the form's target: "/a/TOKEN"
  std::string as_of;          ///< "03:12:40 UTC"
  std::string state;          ///< how the incident stands: "open, investigating"; may be empty
};

/// The question: GET of a good link.
std::string acknowledge_form(const AcknowledgeView& view);
/// The answer to POST; `undo_action` takes it back.
std::string acknowledged_page(const AcknowledgeView& view, const std::string& undo_action);
struct DigestLine {
  std::string words, state;
};
/// All pages of a digest, with one button for all; without `action` there is none.
std::string digest_page(const std::string& action, const std::vector<DigestLine>& lines);
struct NamedAct {
  std::string severity, what, summary;  ///< of the incident; may be empty
  std::string action;                   ///< the form's target; it is posted with "who"
  std::string label;                    ///< of the button
};
/// The page behind a link that a whole channel sees: who presses it says its name.
std::string named_form(const NamedAct& act);
/// A short notice with a heading: a used, expired or unknown link, an acknowledgement taken back.
std::string notice_page(const std::string& heading, const std::string& words);

}  // namespace tocsin::oncall
