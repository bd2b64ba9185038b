// What is said in chat of a published message and of what happens to an incident. Pure.
// https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html
#pragma once

#include <optional>
#include <string>

#include "communicate/templates/message_templates.h"
#include "delivery/chat/chat_message.h"
#include "incidents/incident.h"
#include "model/event_envelope.h"

namespace tocsin::chat {

struct Notice {
  delivery::ChatMessage message;
  std::string thread;  ///< messages of one thread belong together; may be empty
  std::string group;   ///< what it is about, for storm control
  int impact = 3;
};

/// A message of a topic: an alarm's, an event's, a custom notification (version 1.0, source custom), else its text. A custom notification
/// that breaks its rules (no description, too long) is told as what it is: text.
Notice notice_of_message(const std::string& topic_arn, const std::string& subject, const std::string& message);

/// What an incident's event says to its channel; nothing of events that are no news there.
std::optional<Notice> notice_of_event(const incidents::Incident& incident, const EventEnvelope& event,
                                      const templates::MessageTemplates& templates);

}  // namespace tocsin::chat
