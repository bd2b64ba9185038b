#include "model/arn.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

TEST(Arn, PrintsWhatItParsed) {
  for (const char* text : {"arn:aws:sns:eu-west-1:123456789012:topic", "arn:aws:iam::123456789012:role/path/name", "arn:aws:logs:r:a:log-group:g:*"}) {
    const auto arn = parse_arn(text);
    ASSERT_TRUE(arn) << text;
    EXPECT_EQ(arn->text(), text);
  }
}

TEST(Arn, RefusesWhatIsNone) {
  for (const char* text : {"", "arn", "arn:aws:sns:eu-west-1:123456789012", "arn:aws:sns:r:a:", "urn:aws:sns:r:a:x", "arn::sns:r:a:x", "arn:aws::r:a:x"})
    EXPECT_FALSE(parse_arn(text)) << text;
}

}  // namespace
}  // namespace tocsin
