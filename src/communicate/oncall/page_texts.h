// A page in the forms of its channels: SMS, a call, a push; and the digest of many. Pure.
#pragma once

#include <string>
#include <vector>

#include "communicate/oncall/page_facts.h"
#include "communicate/oncall/page_message.h"
#include "communicate/templates/message_templates.h"

namespace tocsin::oncall {

/// The values that templates may name, of one page to one person.
templates::Values template_values(const PageFacts& facts, const PageAddress& address);

/// At most 160 septets of GSM 7: what is long is left out in the order impact, next, value, and then the title is cut; never the link or
/// the code.
std::string page_sms(const templates::MessageTemplates& templates, const templates::Values& values, std::string_view name = "page.sms");

/// "18 (norm 0.2)" of "18 (threshold 5, normal 0.2)".
std::string short_value(const std::string& value);
/// "carol 03:10" of "carol, 03:10 UTC"; empty when nobody is next.
std::string short_next(const std::string& next);

/// The lines of a digest: the first of them, and how many more.
std::string digest_lines(const std::vector<std::string>& lines, std::size_t shown_max = 20);

}  // namespace tocsin::oncall
