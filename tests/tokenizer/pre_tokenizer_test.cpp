#include "framework/tokenizer/pre_tokenizer.h"

#include "framework/tokenizer/hugging_face_pre_tokenizer.h"
#include "tests/tokenizer/golden_texts.h"

namespace tessera {
namespace {

using nlohmann::json;
using List = std::vector<std::string>;

List cut(const PreTokenizer& pre_tokenizer, std::string_view text, bool begins = true) {
  Pieces pieces;
  pieces.list.push_back(text);
  pre_tokenizer.cut(pieces, begins);
  return {pieces.list.begin(), pieces.list.end()};
}

PreTokenizer parse(const char* text) {
  return parse_pre_tokenizer(json::parse(text), "tokenizer.json: pre_tokenizer");
}

std::string refusal(const char* text) {
  return error_of([&] { parse(text); });
}

TEST(PreTokenizer, CutsAsTheReference) {
  const json& golden = pre_tokenizer_golden();
  for (const json& row : golden["pre_tokenizers"]) {
    SCOPED_TRACE(row["pre_tokenizer"].dump());
    const PreTokenizer pre_tokenizer = parse_pre_tokenizer(row["pre_tokenizer"], "golden");
    GoldenTexts texts(golden["alphabet"].get<std::string>(), row["seed"].get<uint64_t>());
    GoldenHash hash;
    for (int i = 0; i < golden["count"].get<int>(); ++i) {
      const std::string text = texts.next(24);
      for (const std::string& piece : cut(pre_tokenizer, text)) hash.add(piece);
      hash.add("");
    }
    hash.expect(row);
  }
}

TEST(PreTokenizer, KeepsInvalidBytes) {
  const std::string text = "a\xff b\xe4\xbd 1\x80";
  for (const json& row : pre_tokenizer_golden()["pre_tokenizers"]) {
    const PreTokenizer pre_tokenizer = parse_pre_tokenizer(row["pre_tokenizer"], "golden");
    if (!pre_tokenizer.byte_level()) continue;
    std::string joined;
    for (const std::string& piece : cut(pre_tokenizer, text)) joined += piece;
    std::erase(joined, ' ');
    EXPECT_EQ(joined,
              "a\xff"
              "b\xe4\xbd"
              "1\x80")
        << row["pre_tokenizer"].dump();
  }
}

TEST(PreTokenizer, KnowsWhatBeginsTheText) {
  const PreTokenizer first =
      parse(R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "first"})");
  EXPECT_EQ(cut(first, "a b"), (List{"▁a", "▁b"}));
  EXPECT_EQ(cut(first, "a b", false), (List{"a", "▁b"}));
  EXPECT_EQ(cut(first, ""), List{});
  EXPECT_TRUE(parse("null").steps().empty());
  EXPECT_FALSE(first.byte_level());
}

TEST(PreTokenizer, TakesLongPiecesInLinearTime) {
  const PreTokenizer all = parse(
      R"({"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
          {"type": "Metaspace", "replacement": "▁"}, {"type": "Punctuation"},
          {"type": "Split", "pattern": {"Regex": "\\s+(?!\\S)|\\s+|[^a\\s]+"}, "behavior": "Isolated",
           "invert": false}]})");
  EXPECT_EQ(cut(all, std::string(1 << 20, 'x')).size(), 1U);
  EXPECT_EQ(cut(all, std::string(1 << 20, '\n') + "b").size(), 4U);
  EXPECT_EQ(cut(all, std::string(1 << 18, '.')).size(), (1U << 18) + 1);
}

TEST(PreTokenizer, RefusesByPath) {
  EXPECT_EQ(refusal(R"({"type": "Sequence", "pretokenizers": [{"type": "Whitespace"},
                        {"type": "Foo"}]})"),
            "tokenizer.json: pre_tokenizer.pretokenizers[1].type: the pre-tokenizer 'Foo' is "
            "unknown; known are BertPreTokenizer, ByteLevel, CharDelimiterSplit, Digits, "
            "FixedLength, Metaspace, Punctuation, Sequence, Split, UnicodeScripts, Whitespace and "
            "WhitespaceSplit");
  EXPECT_EQ(refusal(R"({"type": "Digits", "individual_digits": true, "x": 1})"),
            "tokenizer.json: pre_tokenizer: the option \"x\" of Digits is unknown");
  EXPECT_EQ(refusal(R"({"individual_digits": true})"),
            "tokenizer.json: pre_tokenizer: \"type\" is missing");
  EXPECT_EQ(refusal(R"({"type": "Split", "pattern": {"String": "a"}, "behavior": "isolated",
                        "invert": false})"),
            "tokenizer.json: pre_tokenizer: the behavior 'isolated' is unknown; known are Removed, "
            "Isolated, MergedWithPrevious, MergedWithNext and Contiguous");
  EXPECT_EQ(refusal(R"({"type": "Metaspace", "replacement": "▁", "prepend_scheme": "last"})"),
            "tokenizer.json: pre_tokenizer: the prepend_scheme 'last' is unknown; known are "
            "always, first and never");
  EXPECT_EQ(refusal(R"({"type": "Metaspace", "replacement": "▁", "add_prefix_space": false})"),
            "tokenizer.json: pre_tokenizer: add_prefix_space is false, which contradicts the "
            "prepend_scheme 'always'");
  EXPECT_EQ(refusal(R"({"type": "FixedLength", "length": 0})"),
            "tokenizer.json: pre_tokenizer: the length must be at least 1");
  EXPECT_EQ(refusal(R"({"type": "Sequence", "pretokenizers": [
                        {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true},
                        {"type": "Sequence", "pretokenizers": [{"type": "Whitespace"}]}]})"),
            "tokenizer.json: pre_tokenizer.pretokenizers[1].pretokenizers[0]: Whitespace after "
            "ByteLevel is not supported; ByteLevel must be the last step");
}

}  // namespace
}  // namespace tessera
