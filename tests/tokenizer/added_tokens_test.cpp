#include "framework/tokenizer/added_tokens.h"

#include "framework/tokenizer/added_token_matcher.h"
#include "framework/tokenizer/hugging_face_added_tokens.h"
#include "tests/tokenizer/golden_texts.h"

namespace tessera {
namespace {

using nlohmann::json;

/// Ids and, for text between tokens, -1, in the order in which a tokenizer cuts.
std::vector<int32_t> cut(const AddedTokens& tokens, const Normalizer& normalizer,
                         std::string_view text, bool specials) {
  std::vector<int32_t> ids;
  std::vector<Segment> written;
  tokens.cut_written(text, specials, written);
  for (const Segment& segment : written) {
    if (segment.added >= 0) {
      ids.push_back(segment.added);
      continue;
    }
    std::string normalized(segment.text);
    normalizer.apply(normalized);
    std::vector<Segment> inner;
    tokens.cut_normalized(normalized, specials, inner);
    for (const Segment& part : inner) ids.push_back(part.added);
  }
  return ids;
}

Normalizer normalizer_of(const json& part) {
  return part.is_null() ? Normalizer() : Normalizer({LowerCase{}});
}

TEST(AddedTokens, CutAsTheReference) {
  const json& golden = pre_tokenizer_golden();
  for (const json& row : golden["added_tokens"]) {
    SCOPED_TRACE(row["added_tokens"].dump() + row["normalizer"].dump());
    const Normalizer normalizer = normalizer_of(row["normalizer"]);
    const AddedTokens tokens(parse_added_tokens(row["added_tokens"], "golden"), normalizer);
    GoldenTexts texts(golden["token_alphabet"].get<std::string>(), row["seed"].get<uint64_t>());
    GoldenHash hash;
    for (int i = 0; i < golden["count"].get<int>(); ++i) {
      const std::string text = texts.next(24);
      for (const bool specials : {true, false}) {
        std::string bytes;
        for (const int32_t id : cut(tokens, normalizer, text, specials))
          bytes.push_back(static_cast<char>(id < 0 ? 0xfe : id));
        hash.add(bytes);
      }
    }
    hash.expect(row);
  }
}

TEST(AddedTokens, AreFoundById) {
  const AddedTokens tokens({{.content = "<s>", .id = 7, .special = true}, {.content = "", .id = 8}},
                           Normalizer());
  ASSERT_NE(tokens.find(7), nullptr);
  EXPECT_EQ(tokens.find(7)->content, "<s>");
  EXPECT_EQ(tokens.find(6), nullptr);
  EXPECT_TRUE(tokens.any_written(true));
  EXPECT_FALSE(tokens.any_written(false));
  EXPECT_FALSE(tokens.any_normalized(true));
  EXPECT_FALSE(AddedTokens().any_written(true));
}

TEST(AddedTokens, CoverTheTextAlsoWhereItIsInvalid) {
  const AddedTokens tokens({{.content = "<s>", .id = 1, .single_word = true, .left_strip = true}},
                           Normalizer());
  const std::string text = "\xff<s>\xe4\xbd  <s>";
  std::vector<Segment> segments;
  tokens.cut_written(text, true, segments);
  std::string joined;
  for (const Segment& segment : segments) joined += segment.text;
  EXPECT_EQ(joined, text);
  EXPECT_EQ(segments.size(), 4U);
}

TEST(AddedTokens, TakeLongTextsInLinearTime) {
  // Strings that nearly match at every byte, and white space that every match would look over.
  const std::string nearly = std::string(5000, 'a') + "b";
  const AddedTokens tokens(
      {{.content = nearly, .id = 1}, {.content = " ", .id = 2, .right_strip = true}}, Normalizer());
  std::vector<Segment> segments;
  tokens.cut_written(std::string(1 << 20, 'a'), true, segments);
  EXPECT_EQ(segments.size(), 1U);
  segments.clear();
  tokens.cut_written(std::string(1 << 20, ' '), true, segments);
  EXPECT_EQ(segments.size(), size_t{1} << 20);
}

TEST(AddedTokenMatcher, FindsTheLeftmostAndThereTheLongest) {
  const AddedTokenMatcher matcher(
      {{"abcd", 0}, {"bc", 1}, {"b", 2}, {"abc", 3}, {"cdx", 4}, {"", 5}, {"b", 6}});
  const auto find = [&](std::string_view text, size_t from = 0) {
    const auto match = matcher.find(text, from);
    return match ? std::tuple(match->begin, match->end, match->value)
                 : std::tuple(size_t{0}, size_t{0}, -1);
  };
  using Found = std::tuple<size_t, size_t, int>;
  EXPECT_EQ(find("xabcdx"), Found(1, 5, 0));
  EXPECT_EQ(find("xabcx"), Found(1, 4, 3));
  EXPECT_EQ(find("xabcdx", 2), Found(2, 4, 1));
  EXPECT_EQ(find("acdx"), Found(1, 4, 4));
  EXPECT_EQ(find("aab"), Found(2, 3, 2));
  EXPECT_EQ(find("ac"), Found(0, 0, -1));
}

TEST(ParseAddedTokens, RefusesByPath) {
  const auto refusal = [](const char* text) {
    return error_of([&] { parse_added_tokens(json::parse(text), "tokenizer.json: added_tokens"); });
  };
  EXPECT_EQ(refusal("{}"), "tokenizer.json: added_tokens: a list is expected in place of a object");
  EXPECT_EQ(refusal("[1]"),
            "tokenizer.json: added_tokens[0]: an object is expected in place of a number");
  EXPECT_EQ(refusal(R"([{"id": 1, "foo": 2}])"),
            "tokenizer.json: added_tokens[0]: the option \"foo\" is unknown");
  EXPECT_EQ(refusal(R"([{"id": 1, "content": "a"}])"),
            "tokenizer.json: added_tokens[0]: \"special\" is missing");
  EXPECT_EQ(refusal(R"([{"id": 3000000000, "content": "a"}])"),
            "tokenizer.json: added_tokens[0]: the id 3000000000 is out of range");
}

}  // namespace
}  // namespace tessera
