#include "framework/tokenizer/pipeline.h"

#include "framework/tokenizer/stream_decoder.h"
#include "framework/tokenizer/tokenizer.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;
using Files = std::map<std::string, std::string>;

/// Byte-level BPE: the 256 bytes, some merges, and GPT-2's expression.
Tokenizer byte_level(const std::string& normalizer = "null") {
  std::string vocab = R"("<|endoftext|>":256)", merges;
  const std::vector<std::pair<std::string, std::string>> pairs = {
      {"t", "h"}, {"th", "e"}, {"Ġ", "the"}, {"Ġ", "a"}, {"i", "n"}, {"e", "r"}, {"Ã", "©"}};
  const auto quoted = [](const std::string& text) {
    return text == "\"" || text == "\\" ? "\"\\" + text + "\"" : "\"" + text + "\"";
  };
  for (int byte = 0; byte < 256; ++byte) {
    const bool plain = (byte >= 33 && byte <= 126) || (byte >= 161 && byte != 173);
    int others = 0;
    for (int i = 0; i < byte; ++i)
      others += (i >= 33 && i <= 126) || (i >= 161 && i != 173) ? 0 : 1;
    const int point = plain ? byte : 256 + others;
    std::string character(1, static_cast<char>(point));
    if (point >= 128) {
      character[0] = static_cast<char>(0xc0 | point >> 6);
      character += static_cast<char>(0x80 | (point & 0x3f));
    }
    vocab += "," + quoted(character) + ":" + std::to_string(byte);
  }
  for (size_t i = 0; i < pairs.size(); ++i) {
    vocab += fmt::format(",\"{}{}\":{}", pairs[i].first, pairs[i].second, 257 + i);
    merges += fmt::format("{}\"{} {}\"", i > 0 ? "," : "", pairs[i].first, pairs[i].second);
  }
  const std::string json = fmt::format(
      R"({{"version":"1.0","added_tokens":[{{"id":256,"content":"<|endoftext|>","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}}],
"normalizer":{},"pre_tokenizer":{{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}},"post_processor":null,
"decoder":{{"type":"ByteLevel"}},"model":{{"type":"BPE","vocab":{{{}}},"merges":[{}]}}}})",
      normalizer, vocab, merges);
  return Tokenizer(TokenizerFiles(Files{{"tokenizer.json", json}}), "here");
}

Tokenizer word_pieces() {
  std::string vocab;
  for (const char* token :
       {"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "the", "cat", "##s", "in",  "##side", ".",
        ",",     "!",     "e",     "##a",   "a",      "b",   "##b", "c",   "##c", "3",      "5"})
    vocab += std::string(token) + "\n";
  return Tokenizer(TokenizerFiles(Files{{"vocab.txt", vocab}}), "here");
}

/// Texts of all kinds of bytes: words, marks, spaces, letters with accents, damaged UTF-8.
std::string drawn_text(const Random& random, uint64_t sample) {
  const std::vector<std::string> parts = {
      "the",  " the", "cats", " inside",   ".",        ", ",  "!",    "\n",
      "  ",   "\t",   "é",    "e\xcc\x81", "\xcc\x81", "3.5", "'s",   "'",
      "\xff", "\xc3", "漢",   "🦙",      " a",       "b",   "\x01", "<|endoftext|>"};
  std::string text;
  for (uint32_t i = 0; i < 1 + random.below(30, sample, 0); ++i)
    text += parts[random.below(parts.size(), sample, 1 + i)];
  return text;
}

TEST(Pipeline, EveryByteComesBackFromByteLevelTokens) {
  const Tokenizer tokenizer = byte_level();
  EXPECT_TRUE(tokenizer.keeps_text());
  EXPECT_EQ(tokenizer.encode("the in theé"), (Ids{258, 32, 261, 259, 263}));
  const Random random(1, "test.pipeline");
  for (uint64_t sample = 0; sample < 500; ++sample) {
    const std::string text = drawn_text(random, sample);
    EXPECT_EQ(tokenizer.decode(tokenizer.encode(text)), text);
  }
}

TEST(Pipeline, TheCacheChangesNothing) {
  const Random random(2, "test.pipeline");
  for (const Tokenizer& tokenizer :
       {byte_level(), byte_level(R"({"type":"NFC"})"), word_pieces()}) {
    WordCache cache(64);  // small, so that words leave it
    for (uint64_t sample = 0; sample < 500; ++sample) {
      const std::string text = drawn_text(random, sample);
      Ids ids;
      tokenizer.encode(text, {}, cache, ids);
      EXPECT_EQ(ids, tokenizer.encode(text)) << text;
    }
  }
}

TEST(Pipeline, TextMayBeCutWhereItSays) {
  const Random random(3, "test.pipeline");
  int cuts = 0;
  for (const Tokenizer& tokenizer : {byte_level(), byte_level(R"({"type":"NFC"})"), word_pieces()})
    for (uint64_t sample = 0; sample < 300; ++sample) {
      const std::string text = drawn_text(random, sample);
      const size_t known = random.below(text.size() + 1, sample, 99);
      const size_t cut = tokenizer.safe_cut(std::string_view(text).substr(0, known));
      ASSERT_LE(cut, known);
      cuts += cut > 0 ? 1 : 0;
      Ids ids = tokenizer.encode(text.substr(0, cut));
      const Ids rest = tokenizer.encode(text.substr(cut), {.begins = cut == 0});
      ids.insert(ids.end(), rest.begin(), rest.end());
      EXPECT_EQ(ids, tokenizer.encode(text)) << text << " at " << cut;
    }
  EXPECT_GT(cuts, 200);
}

TEST(Pipeline, TextIsNotCutWhereTheNormalizerLooksAtBothSides) {
  EXPECT_EQ(byte_level(R"({"type":"Lowercase"})").safe_cut("the in the"), 6);
  for (const char* normalizer : {R"({"type":"Prepend","prepend":"x"})", R"({"type":"ByteLevel"})",
                                 R"({"type":"Strip","strip_left":true,"strip_right":true})",
                                 R"({"type":"Replace","pattern":{"String":"e i"},"content":"i"})"})
    EXPECT_EQ(byte_level(normalizer).safe_cut("the in the"), 0) << normalizer;
}

TEST(Pipeline, WordsOfBertEndAtSpacesAndMarks) {
  const Tokenizer tokenizer = word_pieces();
  EXPECT_FALSE(tokenizer.keeps_text());
  EXPECT_EQ(tokenizer.encode("The CATS,inside."), (Ids{5, 6, 7, 11, 8, 9, 10}));
  EXPECT_EQ(tokenizer.encode("e\xcc\x81 xx"), (Ids{13, 1}));
  EXPECT_EQ(tokenizer.special().mask, 4);
  EXPECT_TRUE(tokenizer.continues_word(6, 7));
  EXPECT_FALSE(tokenizer.continues_word(5, 6));
  EXPECT_FALSE(tokenizer.continues_word(3, 7));
  EXPECT_TRUE(tokenizer.ends_sentence(10, 5));
  EXPECT_FALSE(tokenizer.ends_sentence(10, 21));  // 3.5
  EXPECT_FALSE(tokenizer.ends_sentence(11, 5));
}

TEST(StreamDecoder, NeverGivesHalfACharacter) {
  const Tokenizer tokenizer = byte_level();
  const std::string text = "né 🦙 the \xff漢 end";
  StreamDecoder decoder(tokenizer);
  std::string all;
  for (const int32_t id : tokenizer.encode(text)) {
    const std::string piece = decoder.add(id);
    EXPECT_TRUE(piece.empty() || (static_cast<unsigned char>(piece[0]) & 0xc0) != 0x80) << piece;
    all += piece;
  }
  EXPECT_EQ(all + decoder.finish(), text);
  decoder.add(0xf0);
  EXPECT_EQ(decoder.finish(), "\xf0");
}

TEST(StreamDecoder, GivesWhatDecodingAllAtOnceGives) {
  const Random random(4, "test.pipeline");
  for (const Tokenizer& tokenizer : {byte_level(), word_pieces()}) {
    Ids ids;
    for (uint64_t i = 0; i < 300; ++i)
      ids.push_back(
          static_cast<int32_t>(random.below(static_cast<uint64_t>(tokenizer.vocab_size()), i, 0)));
    StreamDecoder decoder(tokenizer);
    std::string all;
    for (const int32_t id : ids) all += decoder.add(id);
    EXPECT_EQ(all + decoder.finish(), tokenizer.decode(ids));
  }
}

TEST(Words, SentencesEndByTheMarksOfAllScripts) {
  for (const char* text : {"end.", "什么？", "है।", "؟", "ends…"})
    EXPECT_GT(sentence_mark(text), 0U) << text;
  for (const char* text : {"end", ",", "", "。x"}) EXPECT_EQ(sentence_mark(text), 0U) << text;
  const WordMarks marks;
  EXPECT_TRUE(ends_sentence(marks, "end.", " Next"));
  EXPECT_TRUE(ends_sentence(marks, "end.", "▁Next"));
  EXPECT_FALSE(ends_sentence(marks, "3.", "5"));
  EXPECT_TRUE(ends_sentence(marks, "什么？", "他"));
  EXPECT_TRUE(ends_sentence(marks, "\n\n", "x"));
  EXPECT_TRUE(continues_word(marks, "to", "ken"));
  EXPECT_FALSE(continues_word(marks, "to", " ken"));
  EXPECT_FALSE(continues_word(marks, "to", "▁ken"));
}

}  // namespace
}  // namespace tessera
