#include "communicate/chat_channels/notices.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "fuzz/mutate.h"

namespace tocsin::chat {
namespace {

const std::string topic = "arn:aws:sns:eu-west-1:111122223333:alarms";

TEST(ChatNotices, AnAlarmIsToldByItsStateAndReason) {
  const Notice notice = notice_of_message(
      topic, "ALARM: \"checkout\"",
      R"({"AlarmName":"checkout","NewStateValue":"ALARM","OldStateValue":"OK","NewStateReason":"Threshold Crossed","StateChangeTime":"2026-11-24T03:04:00.000+0000"})");
  EXPECT_EQ(notice.message.title, "ALARM: checkout");
  EXPECT_EQ(notice.message.tone, delivery::ChatTone::bad);
  EXPECT_EQ(notice.message.text, "Threshold Crossed");
  EXPECT_EQ(notice.thread, "alarm:checkout");
}

TEST(ChatNotices, ACustomNotificationIsToldAsItSays) {
  const Notice notice = notice_of_message(
      topic, "",
      R"({"version":"1.0","source":"custom","content":{"textType":"client-markdown","title":"Deploy","description":"v42 is **out**","nextSteps":["watch"],"keywords":["shop"]},"metadata":{"threadId":"t1"}})");
  EXPECT_EQ(notice.message.title, "Deploy");
  EXPECT_EQ(notice.message.text, "v42 is **out**\n\n**Next steps**\n• watch");
  EXPECT_EQ(notice.thread, "t1");
}

TEST(ChatNotices, WhatIsNoneOfTheseIsToldAsText) {
  EXPECT_EQ(notice_of_message(topic, "", "hello").message.title, "Message of alarms");
  EXPECT_EQ(notice_of_message(topic, "Subject", "{}").message.text, "{}");
  EXPECT_EQ(notice_of_message(topic, "", R"({"version":"1.0","source":"custom","content":{}})").message.title, "Message of alarms");
  EXPECT_EQ(notice_of_message(topic, "", R"({"detail-type":"Finding","source":"aws.x","detail":{"a":1}})").message.title, "Finding");
}

TEST(ChatNoticesFuzz, AnyMessageIsTold) {
  fuzz::mutate(
      {R"({"version":"1.0","source":"custom","content":{"title":"a","description":"b","nextSteps":["c"]},"metadata":{"additionalContext":{"a":"b"}}})",
       R"({"AlarmName":"a","NewStateValue":"OK"})"},
      3000, [](std::string_view text) { EXPECT_FALSE(notice_of_message(topic, "", std::string(text)).message.title.empty()); });
}

}  // namespace
}  // namespace tocsin::chat
