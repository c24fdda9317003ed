// The one reader of JSON: what it refuses, and that its message names the file.
#include "framework/core/json.h"

#include <gtest/gtest.h>

#include "framework/core/error.h"

namespace tessera {
namespace {

std::string refusal(const std::string& text) {
  try {
    parse_json_object(text, "FILE");
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

std::string nested(int levels) {
  const auto n = static_cast<size_t>(levels - 1);  // in an object
  return "{\"a\":" + std::string(n, '[') + std::string(n, ']') + "}";
}

TEST(Json, NestingIsBounded) {
  EXPECT_EQ(refusal(nested(kJsonLevels)), "");
  EXPECT_EQ(refusal(nested(kJsonLevels + 1)), "FILE: nested deeper than 32 levels");
  EXPECT_EQ(refusal(nested(1'000'000)), "FILE: nested deeper than 32 levels");
  EXPECT_EQ(refusal(std::string(1'000'000, '[')), "FILE: nested deeper than 32 levels");
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  EXPECT_EQ(refusal(objects), "FILE: nested deeper than 32 levels");
  EXPECT_THROW(parse_ordered_json_object(nested(33), "FILE"), UserError);
}

TEST(Json, AKeyStandsOnce) {
  EXPECT_EQ(refusal(R"({"a":{"b":1,"b":2}})"), "FILE: the key \"b\" is given twice");
  EXPECT_EQ(refusal(R"({"a":{"b":1},"b":{"b":1}})"), "");
}

TEST(Json, OneObjectAndNothingElse) {
  EXPECT_EQ(refusal("[1]"), "FILE: the JSON is no object");
  EXPECT_EQ(refusal("{\"a\":1} x"), "FILE is not JSON: it makes no sense at byte 9");
  EXPECT_EQ(refusal(std::string("{}\0", 3)), "FILE is not JSON: it holds zero bytes");
  EXPECT_NE(refusal(""), "");
}

TEST(Json, KeysKeepTheirOrderWhereAsked) {
  const std::string text = R"({"z":1,"a":{"y":2,"b":3}})";
  EXPECT_EQ(parse_ordered_json_object(text, "FILE").dump(), text);
}

TEST(Json, ALongListOfObjectsTakesLinearTime) {
  std::string text = "{\"list\":[{\"a\":1}";
  for (int i = 0; i < 200000; ++i) text += ",{\"a\":1}";
  EXPECT_EQ(parse_json_object(text + "]}", "file").at("list").size(), 200001U);  // once: minutes
}

TEST(Json, CountsAreNotNegativeAndFit) {
  const auto count = [](const std::string& text) {
    return json_count(nlohmann::json::parse(text), "n");
  };
  EXPECT_EQ(count("9223372036854775807"), INT64_MAX);
  for (const char* text : {"-1", "9223372036854775808", "1.5", "1e3", "\"1\"", "null", "[1]"})
    EXPECT_THROW(count(text), UserError) << text;
  EXPECT_THROW(json_count(nlohmann::ordered_json(-1), "n"), UserError);
}

}  // namespace
}  // namespace tessera
