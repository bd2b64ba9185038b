// Tables: pattern, event, whether it matches. From the user guide, and the recorded subtleties.
#include "events/patterns/pattern.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace tocsin::events {
namespace {

struct Case {
  const char* pattern;
  const char* event;
  bool matches;
};

void check(std::initializer_list<Case> cases) {
  for (const Case& c : cases) {
    const auto pattern = compile_pattern(c.pattern);
    ASSERT_TRUE(pattern) << c.pattern << "\n" << pattern.error().message;
    const auto event = parse_json(c.event);
    ASSERT_TRUE(event) << c.event;
    EXPECT_EQ(pattern->matches(*event), c.matches) << c.pattern << "\n" << c.event;
  }
}

TEST(Pattern, ExactValues) {
  check({{R"({"a":["x"]})", R"({"a":"x"})", true},
         {R"({"a":["x"]})", R"({"a":"X"})", false},
         {R"({"a":["x","y"]})", R"({"a":"y"})", true},
         {R"({"a":["x"]})", R"({"b":"x"})", false},
         {R"({"a":["x"],"b":["y"]})", R"({"a":"x"})", false},
         {R"({"a":{"b":{"c":[true]}}})", R"({"a":{"b":{"c":true}}})", true},
         {R"({"a":[true]})", R"({"a":"true"})", false},
         {R"({"a":[null]})", R"({"a":null})", true},
         {R"({"a":[null]})", R"({"a":[]})", false},
         {R"({"a":[null]})", R"({})", false},
         {R"({"a":[""]})", R"({"a":""})", true},
         {R"({"a":[300]})", R"({"a":300.0})", true},
         {R"({"a":[300]})", R"({"a":3.0e2})", true},
         {R"({"a":[300]})", R"({"a":"300"})", false},
         {R"({"a":["x"]})", R"({"a":["w","x"]})", true},
         {R"({"a":["x"]})", R"({"a":[["w"],["x"]]})", true},
         {R"({"a":["x"]})", R"({"a":{"x":1}})", false},
         {R"({"a":[9007199254740992]})", R"({"a":9007199254740993})", false},
         {R"({"a":[9007199254740992]})", R"({"a":9007199254740992})", true},
         {R"({"a":["x"],"a":["y"]})", R"({"a":"y"})", true},
         {R"({"a":["x"],"a":["y"]})", R"({"a":"x"})", false},
         {R"({"a":["y"]})", R"({"a":"x","a":"y"})", true}});
}

TEST(Pattern, DottedKeysJoin) {
  check({{R"({"a.b":["x"]})", R"({"a":{"b":"x"}})", true},
         {R"({"a":{"b":["x"]}})", R"({"a.b":"x"})", true},
         {R"({"a.b":["x"]})", R"({"a":"x"})", false}});
}

TEST(Pattern, PrefixAndSuffix) {
  check({{R"({"a":[{"prefix":"us-"}]})", R"({"a":"us-east-1"})", true},
         {R"({"a":[{"prefix":"us-"}]})", R"({"a":"eu-west-1"})", false},
         {R"({"a":[{"prefix":""}]})", R"({"a":"anything"})", true},
         {R"({"a":[{"prefix":""}]})", R"({"a":5})", false},
         {R"({"a":[{"prefix":{"equals-ignore-case":"EventB"}}]})", R"({"a":"eVENTbridge"})", true},
         {R"({"a":[{"suffix":".png"}]})", R"({"a":"x.png"})", true},
         {R"({"a":[{"suffix":".png"}]})", R"({"a":"x.PNG"})", false},
         {R"({"a":[{"suffix":{"equals-ignore-case":".png"}}]})", R"({"a":"x.PNG"})", true}});
}

TEST(Pattern, IgnoringCase) {
  check({{R"({"a":[{"equals-ignore-case":"alice"}]})", R"({"a":"AlIcE"})", true},
         {R"({"a":[{"equals-ignore-case":"alice"}]})", R"({"a":"alices"})", false},
         {R"({"a":[{"equals-ignore-case":"ÉTÉ"}]})", R"({"a":"été"})", true}});
}

TEST(Pattern, Wildcard) {
  check({{R"({"a":[{"wildcard":"dir/*.png"}]})", R"({"a":"dir/x/y.png"})", true},
         {R"({"a":[{"wildcard":"dir/*.png"}]})", R"({"a":"dir/.png"})", true},
         {R"({"a":[{"wildcard":"dir/*.png"}]})", R"({"a":"dir/png"})", false},
         {R"({"a":[{"wildcard":"*a*b*"}]})", R"({"a":"xxaxxbxx"})", true},
         {R"({"a":[{"wildcard":"*a*b*"}]})", R"({"a":"ba"})", false},
         {R"({"a":[{"wildcard":"*"}]})", R"({"a":""})", true},
         {R"({"a":[{"wildcard":"a\\*b"}]})", R"({"a":"a*b"})", true},
         {R"({"a":[{"wildcard":"a\\*b"}]})", R"({"a":"axb"})", false},
         {R"({"a":[{"wildcard":"ab*ba"}]})", R"({"a":"aba"})", false},
         {R"({"a":[{"wildcard":"plain"}]})", R"({"a":"plain"})", true}});
}

TEST(Pattern, AnythingBut) {
  check({{R"({"a":[{"anything-but":"x"}]})", R"({"a":"y"})", true},
         {R"({"a":[{"anything-but":"x"}]})", R"({"a":"x"})", false},
         {R"({"a":[{"anything-but":"x"}]})", R"({})", false},
         {R"({"a":[{"anything-but":"x"}]})", R"({"a":null})", true},
         {R"({"a":[{"anything-but":"x"}]})", R"({"a":[]})", false},
         {R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":"y"})", false},
         {R"({"a":[{"anything-but":["x","y"]}]})", R"({"a":["y","z"]})", true},
         {R"({"a":[{"anything-but":123}]})", R"({"a":123.0})", false},
         {R"({"a":[{"anything-but":[1,2]}]})", R"({"a":3})", true},
         {R"({"a":[{"anything-but":{"prefix":"x"}}]})", R"({"a":"xy"})", false},
         {R"({"a":[{"anything-but":{"prefix":"x"}}]})", R"({"a":5})", true},
         {R"({"a":[{"anything-but":{"prefix":["x","y"]}}]})", R"({"a":"yes"})", false},
         {R"({"a":[{"anything-but":{"suffix":".txt"}}]})", R"({"a":"a.txt"})", false},
         {R"({"a":[{"anything-but":{"suffix":[".txt",".rtf"]}}]})", R"({"a":"a.md"})", true},
         {R"({"a":[{"anything-but":{"equals-ignore-case":["INIT","stop"]}}]})", R"({"a":"init"})", false},
         {R"({"a":[{"anything-but":{"wildcard":"*/lib/*"}}]})", R"({"a":"usr/lib/x"})", false},
         {R"({"a":[{"anything-but":{"wildcard":["*/lib/*","*/bin/*"]}}]})", R"({"a":"usr/share/x"})", true}});
}

TEST(Pattern, Numeric) {
  check({{R"({"a":[{"numeric":["=",5]}]})", R"({"a":5.0})", true},
         {R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":5})", true},
         {R"({"a":[{"numeric":[">",0,"<=",5]}]})", R"({"a":0})", false},
         {R"({"a":[{"numeric":[">=",0,"<",5]}]})", R"({"a":0})", true},
         {R"({"a":[{"numeric":["<",-1.5e1]}]})", R"({"a":-15.1})", true},
         {R"({"a":[{"numeric":["<",10]}]})", R"({"a":"5"})", false}});
}

TEST(Pattern, Addresses) {
  check({{R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.0.255"})", true},
         {R"({"a":[{"cidr":"10.0.0.0/24"}]})", R"({"a":"10.0.1.0"})", false},
         {R"({"a":[{"cidr":"0.0.0.0/0"}]})", R"({"a":"203.0.113.9"})", true},
         {R"({"a":[{"cidr":"2001:db8::/33"}]})", R"({"a":"2001:db8:7fff::1"})", true},
         {R"({"a":[{"cidr":"2001:db8::/33"}]})", R"({"a":"2001:db8:8000::1"})", false},
         {R"({"a":[{"cidr":"10.0.0.0/8"}]})", R"({"a":"not an address"})", false}});
}

TEST(Pattern, Exists) {
  check({{R"({"a":[{"exists":true}]})", R"({"a":null})", true},
         {R"({"a":[{"exists":true}]})", R"({"a":[]})", false},
         {R"({"a":[{"exists":true}]})", R"({"a":{"b":1}})", false},
         {R"({"a":[{"exists":false}]})", R"({"b":1})", true},
         {R"({"a":[{"exists":false}]})", R"({"a":1})", false},
         {R"({"a":[{"exists":false},"x"]})", R"({"a":"x"})", true},
         {R"({"a":[{"exists":false},"x"]})", R"({"a":"y"})", false},
         {R"({"a":{"b":[{"exists":false}]}})", R"({"a":{"c":1}})", true}});
}

TEST(Pattern, Or) {
  check({{R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"b":"y"})", true},
         {R"({"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"a":"y"})", false},
         {R"({"s":["1"],"$or":[{"a":["x"]},{"b":["y"]}]})", R"({"s":"2","a":"x"})", false},
         {R"({"d":{"$or":[{"a":[{"numeric":[">",1]}]},{"b":["y"]}]}})", R"({"d":{"a":2}})", true},
         {R"({"$or":[{"a":["x"]},{"$or":[{"b":["y"]},{"c":["z"]}]}]})", R"({"c":"z"})", true},
         // an ordinary field name: one object, values, or an operator inside
         {R"({"$or":["x"]})", R"({"$or":"x"})", true},
         {R"({"$or":[{"prefix":"x"},{"prefix":"y"}]})", R"({"$or":"xx"})", true}});
}

TEST(Pattern, NoMatchCombinesDifferentElementsOfAnArray) {
  const char* two = R"({"team":[{"first":"Ann","last":"Abel"},{"first":"Bob","last":"Barr"}]})";
  check({{R"({"team":{"first":["Ann"],"last":["Abel"]}})", two, true},
         {R"({"team":{"first":["Ann"],"last":["Barr"]}})", two, false},
         {R"({"team":{"first":["Ann","Bob"],"last":["Barr"]}})", two, true},
         {R"({"a":{"b":{"x":[1],"y":[2]}}})", R"({"a":[{"b":[{"x":1,"y":1},{"x":2,"y":2}]},{"b":[{"x":1,"y":2}]}]})", true},
         {R"({"a":{"b":{"x":[1]},"c":{"y":[2]}}})", R"({"a":[{"b":[{"x":1}],"c":[{"y":1}]},{"b":[{"x":2}],"c":[{"y":2}]}]})", false},
         {R"({"a":{"x":[1]},"b":{"y":[2]}})", R"({"a":[{"x":0},{"x":1}],"b":[{"y":2},{"y":3}]})", true},
         {R"({"a":{"x":[1],"y":[2]}})", R"({"a":[{"x":1},{"y":2}]})", false},
         {R"({"r":["p","q"],"t":["u"]})", R"({"r":["q"],"t":["s","u"]})", true}});
}

TEST(Pattern, TheUserGuidesInstanceEvent) {
  const char* event =
      R"({"version":"0","id":"6a7e8feb-b491-4cf7-a9f1-bf3703467718","detail-type":"EC2 Instance State-change Notification","source":"aws.ec2",
    "account":"111122223333","time":"2017-12-22T18:43:48Z","region":"us-west-1","resources":["arn:aws:ec2:us-west-1:123456789012:instance/i-1234567890abcdef0"],
    "detail":{"instance-id":"i-1234567890abcdef0","state":"terminated"}})";
  check(
      {{R"({"source":["aws.ec2"],"detail-type":["EC2 Instance State-change Notification"],"detail":{"state":["terminated"]}})", event,
        true},
       {R"({"resources":[{"prefix":"arn:aws:ec2:us-west-1:123456789012:instance/"}],"detail":{"state":[{"anything-but":"initializing"}]}})",
        event, true},
       {R"({"time":[{"prefix":"2017-10-02"}]})", event, false}});
}

TEST(Pattern, ManyElementsCostNoSearch) {
  std::string event = R"({"k":[)";
  for (int n = 0; n < 3000; ++n) event += (n ? "," : "") + std::string(R"({"a":1,"b":1,"c":1,"d":)") + (n % 2 ? R"([1,2]})" : R"([2,3]})");
  event += "]}";
  check({{R"({"k":{"a":[1],"b":[1],"c":[1],"d":[9]}})", event.c_str(), false},
         {R"({"k":{"a":[1],"b":[1],"c":[1],"d":[3]}})", event.c_str(), true}});
}

}  // namespace
}  // namespace tocsin::events
