#include "framework/core/attrs.h"

#include <gtest/gtest.h>

#include <limits>

namespace tessera {
namespace {

Attrs parsed(std::string_view text) {
  size_t position = 0;
  const Attrs attrs = parse_attrs(text, position);
  EXPECT_EQ(position, text.size());
  return attrs;
}

TEST(Attrs, PrintAndParseBackEqual) {
  const Attrs attrs{{"causal", true},
                    {"axis", int64_t{-1}},
                    {"eps", 1e-5},
                    {"one", 1.0},
                    {"third", 1.0 / 3},
                    {"huge", std::numeric_limits<double>::max()},
                    {"tiny", std::numeric_limits<double>::denorm_min()},
                    {"none", -std::numeric_limits<double>::infinity()},
                    {"least", std::numeric_limits<int64_t>::min()},
                    {"mode", std::string("a \"quoted\", \\ {text}")},
                    {"empty", std::string()},
                    {"dims", std::vector<int64_t>{0, -2, 3}},
                    {"nothing", std::vector<int64_t>{}}};
  const std::string text = to_string(attrs);
  EXPECT_EQ(parsed(text), attrs) << text;
  EXPECT_EQ(to_string(parsed(text)), text);
}

TEST(Attrs, PrintInTheOrderOfTheirNames) {
  EXPECT_EQ(to_string(Attrs{{"b", int64_t{1}}, {"a", false}, {"c", 2.0}}), "{a=false, b=1, c=2.0}");
  EXPECT_EQ(to_string(Attrs{}), "");
}

TEST(Attrs, ChangingACopyLeavesTheOther) {
  const Attrs attrs{{"axis", int64_t{1}}, {"mode", std::string("tanh")}};
  Attrs changed = attrs, fewer = attrs;
  EXPECT_EQ(changed, attrs);
  changed.set("axis", int64_t{2});
  changed.set("eps", 0.5);
  fewer.erase("axis");
  fewer.erase("mode");
  EXPECT_EQ(to_string(attrs), "{axis=1, mode=\"tanh\"}");
  EXPECT_EQ(to_string(changed), "{axis=2, eps=0.5, mode=\"tanh\"}");
  EXPECT_TRUE(fewer.empty());
  EXPECT_EQ(fewer, Attrs{});
}

TEST(Attrs, ParsingStopsBehindTheBrace) {
  size_t position = 2;
  EXPECT_EQ(parse_attrs("op{a=1} rest", position).integer("a"), 1);
  EXPECT_EQ(position, 7u);
  position = 0;
  EXPECT_TRUE(parse_attrs("no brace", position).empty());
}

TEST(Attrs, NoneMayBeWrittenOut) {
  size_t position = 2;
  EXPECT_TRUE(parse_attrs("op{ } rest", position).empty());
  EXPECT_EQ(position, 5u);
}

TEST(Attrs, BadTextIsRefused) {
  for (const char* text :
       {"{", "{a", "{a=", "{a=1", "{=1}", "{a=1,}", "{a=1 b=2}", "{a=x}", "{a=1x}", "{a=1.5.5}",
        "{a=\"x}", "{a=\"x\\", "{a=[1,}", "{a=[1 2]}", "{a=[x]}", "{a=99999999999999999999}"}) {
    size_t position = 0;
    EXPECT_THROW(parse_attrs(text, position), UserError) << text;
  }
}

TEST(Attrs, AskingForWhatIsNotThereIsABug) {
  const Attrs attrs{{"a", int64_t{1}}, {"yes", true}};
  EXPECT_EQ(attrs.integer("a"), 1);
  EXPECT_TRUE(attrs.flag("yes"));
  EXPECT_FALSE(attrs.flag("no"));
  EXPECT_THROW(attrs.integer("b"), InternalError);
  EXPECT_THROW(attrs.real("a"), InternalError);
}

}  // namespace
}  // namespace tessera
