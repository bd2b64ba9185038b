#include "communicate/chat_channels/notices.h"

#include <boost/json.hpp>

#include "communicate/oncall/page_facts.h"
#include "communicate/oncall/page_texts.h"
#include "incidents/event_names.h"

namespace tocsin::chat {
namespace {

using delivery::ChatMessage;
using delivery::ChatTone;

constexpr std::size_t title_max = 250, description_max = 8000, text_max = 3000;

std::string cut(std::string text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return text;
  std::size_t end = bytes_max;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  text.resize(end);
  return text + "…";
}

std::string name_in(const std::string& arn) { return arn.substr(arn.rfind(':') + 1); }

std::optional<Notice> of_alarm(const Document& d) {
  const std::string name = text_or(d, "AlarmName"), state = text_or(d, "NewStateValue");
  if (name.empty() || state.empty()) return std::nullopt;
  const ChatTone tone = state == "ALARM" ? ChatTone::bad : state == "OK" ? ChatTone::good : ChatTone::warning;
  Notice out{.message = {.title = state + ": " + name, .text = cut(text_or(d, "NewStateReason"), text_max), .tone = tone},
             .thread = "alarm:" + text_or(d, "AlarmArn", name),
             .group = name};
  const auto add = [&](const char* label, const std::string& value) {
    if (!value.empty()) out.message.fields.emplace_back(label, value);
  };
  add("Description", text_or(d, "AlarmDescription"));
  add("Before", text_or(d, "OldStateValue"));
  add("Since", text_or(d, "StateChangeTime"));
  add("Region", text_or(d, "Region"));
  add("Account", text_or(d, "AWSAccountId"));
  return out;
}

std::optional<Notice> of_custom(const Document& d) {
  if (text_or(d, "source") != "custom" || text_or(d, "version") != "1.0") return std::nullopt;
  const Object &content = object_at(d, "content"), &metadata = object_at(d, "metadata");
  const std::string title = text_or(content, "title"), description = text_or(content, "description");
  if (description.empty() || description.size() > description_max || title.size() > title_max) return std::nullopt;
  Notice out{.message = {.title = title.empty() ? text_or(metadata, "summary", "Notification") : title, .text = description},
             .thread = text_or(metadata, "threadId")};
  std::string steps;
  for (const Document& step : array_at(content, "nextSteps"))
    if (step.is_string()) steps += "\n• " + std::string(std::string_view(step.get_string()));
  if (!steps.empty()) out.message.text += "\n\n**Next steps**" + steps;
  std::string keywords;
  for (const Document& word : array_at(content, "keywords"))
    if (word.is_string()) keywords += (keywords.empty() ? "" : ", ") + std::string(std::string_view(word.get_string()));
  if (!keywords.empty()) out.message.fields.emplace_back("Keywords", keywords);
  for (const auto& each : object_at(metadata, "additionalContext"))
    if (each.value().is_string())
      out.message.fields.emplace_back(std::string(each.key()), std::string(std::string_view(each.value().get_string())));
  out.group = out.thread.empty() ? out.message.title : out.thread;
  return out;
}

std::optional<Notice> of_event_document(const Document& d) {
  const std::string type = text_or(d, "detail-type"), source = text_or(d, "source");
  if (type.empty() || source.empty()) return std::nullopt;
  Notice out{.message = {.title = type, .text = "`" + cut(to_json(object_at(d, "detail")), text_max) + "`"}, .group = source + '|' + type};
  out.message.fields.emplace_back("Source", source);
  for (const Document& each : array_at(d, "resources"))
    if (each.is_string() && out.message.fields.size() < 5)
      out.message.fields.emplace_back("Resource", std::string(std::string_view(each.get_string())));
  if (!text_or(d, "time").empty()) out.message.fields.emplace_back("At", text_or(d, "time"));
  return out;
}

}  // namespace

Notice notice_of_message(const std::string& topic_arn, const std::string& subject, const std::string& message) {
  if (const auto document = parse_json(message); document && document->is_object()) {
    for (auto read : {of_custom, of_alarm, of_event_document})
      if (auto notice = read(*document)) {
        notice->message.footer = topic_arn;
        return *notice;
      }
  }
  return {.message = {.title = subject.empty() ? "Message of " + name_in(topic_arn) : subject,
                      .text = cut(message, text_max),
                      .footer = topic_arn},
          .group = subject.empty() ? topic_arn : subject};
}

std::optional<Notice> notice_of_event(const incidents::Incident& i, const EventEnvelope& event,
                                      const templates::MessageTemplates& templates) {
  const oncall::PageFacts facts = oncall::page_facts(i, {}, {});
  const templates::Values values = oncall::template_values(facts, {});
  Notice out{
      .message = {.title = templates.render("chat.opened", values)}, .thread = "incident:" + i.id, .group = i.id, .impact = i.impact};
  out.message.footer = i.arn;
  const std::string summary = text_or(event.detail, "summary");
  const bool of_incident = event.source == incidents::incident_source;
  if (of_incident && event.type == incidents::incident_opened) {
    out.message.tone = i.impact <= 3 ? ChatTone::bad : ChatTone::warning;
    out.message.text = templates.render("chat.text", values);
    if (!facts.component.empty()) out.message.fields.emplace_back("Component", facts.component);
    if (!facts.why_alarm.empty()) out.message.fields.emplace_back("Alarm", facts.why_alarm);
    out.group = i.trigger_arn.empty() ? i.plan_arn : i.trigger_arn;
    return out;
  }
  // what follows repeats the title, so that it is understood by itself
  if (of_incident && event.type == incidents::incident_updated) out.message.text = "Changed: " + text_or(event.detail, "change");
  if (of_incident && event.type == incidents::incident_state_changed)
    out.message.text = "Now " + text_or(event.detail, "state") + ": " + text_or(event.detail, "reason");
  if (of_incident && event.type == incidents::incident_resolved) {
    out.message.tone = ChatTone::good;
    out.message.text = "Resolved.";
  }
  if (event.source == incidents::oncall_source &&
      (event.type == incidents::page_acknowledged || event.type == incidents::engagement_exhausted ||
       event.type == incidents::page_unacknowledged))
    out.message.text = summary;
  if (out.message.text.empty()) return std::nullopt;
  return out;
}

}  // namespace tocsin::chat
