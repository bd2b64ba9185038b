// An alarm's change of state as a message for people and machines.
#pragma once

#include "base/document.h"
#include "communicate/topics/topic.h"

namespace tocsin::communicate {

/// `message` is the document that CloudWatch sends to topics: AlarmName, AlarmDescription, AWSAccountId, NewStateValue, NewStateReason,
/// StateChangeTime, Region, AlarmArn, OldStateValue, Trigger. Its JSON goes to machines; the mail is text. Subject: `ALARM: "name" in
/// Region`.
PublishRequest alarm_notification(const Document& message);

}  // namespace tocsin::communicate
