#include "framework/tokenizer/sentence_piece.h"

#include <chrono>

#include "tests/temporary_folder.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

Ids encode(const SentencePiece& model, std::string_view text, const EncodeOptions& options = {}) {
  WordCache cache;
  Ids ids;
  model.encode(text, options, cache, ids);
  return ids;
}

std::string all_bytes() {
  std::string pieces;
  for (int byte = 0; byte < 256; ++byte) pieces += piece(fmt::format("<0x{:02X}>", byte), 0, kByte);
  return pieces;
}

/// What the model's bytes are refused for.
void expect_refused(const std::string& bytes, const std::string& message) {
  const std::string error = error_of([&] { SentencePiece(bytes, "tok.model"); });
  EXPECT_TRUE(error.starts_with("tok.model: ")) << error;
  expect_contains(error, message);
}

const std::string kUnk = piece("<unk>", 0, kUnknown);

TEST(SentencePiece, RefusesWhatIsNoMessage) {
  expect_refused("", "holds no pieces");
  expect_refused(training(2), "holds no pieces");
  expect_refused("\x0a", "the file ends inside a number");
  expect_refused("\x0a\x80", "the file ends inside a number");
  expect_refused("\x0a\x05\x0a", "field 1 has 5 bytes, but only 1 are left");
  expect_refused("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "but only 0 are left");
  expect_refused("\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "more than ten bytes");
  expect_refused(std::string(1, '\0'), "the field number 0");
  expect_refused("\x0b", "field 1 has the wire type 3");
  expect_refused("{\"a\": 1}", "wire type");
  expect_refused(field(1, uint64_t{7}), "field 1 has the wire type 0 where 2 is due");
  expect_refused(field(1, std::string(field(2, uint64_t{7}))), "field 2 has the wire type 0");
  const std::string whole = kUnk + piece("a", -1) + training(2) + identity();
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {  // a cut model is read or refused
    try {
      SentencePiece(whole.substr(0, bytes), "cut");
    } catch (const UserError&) {
    }
  }
}

TEST(SentencePiece, RefusesPiecesThatDoNotFit) {
  const std::string bpe = training(2);
  expect_refused(kUnk + piece("") + bpe, "piece 1 has no text");
  expect_refused(kUnk + piece(std::string(8000, 'a')) + bpe,
                 "piece 1 has 8000 bytes; at most 7999");
  expect_refused(kUnk + piece("\xff") + bpe, "piece 1 is no UTF-8 text");
  expect_refused(kUnk + piece(std::string_view("a\0b", 3)) + bpe, "piece 1 holds a zero byte");
  expect_refused(kUnk + piece("a", 0, 7) + bpe, "piece 1 has the type 7");
  expect_refused(kUnk + piece("a") + piece("a") + bpe, "pieces 1 and 2 are both 'a'");
  expect_refused(kUnk + piece("<unk>") + bpe, "pieces 0 and 1 are both '<unk>'");
  expect_refused(kUnk + piece("u", 0, kUnknown) + bpe, "pieces 0 and 1 are both the unknown one");
  expect_refused(piece("a") + bpe, "no piece is the unknown one, and byte fallback is off");
  expect_refused(kUnk + piece("<0x00>", 0, kByte) + bpe, "is a byte, but byte fallback is off");
  expect_refused(kUnk + piece("<0x0a>", 0, kByte) + training(2, true),
                 "those are <0x00> to <0xFF>");
  expect_refused(kUnk + piece("<0x00>", 0, kByte) + training(2, true),
                 "there is no piece for byte 1");
  expect_refused(kUnk + training(5), "the model type is 5");
  expect_refused(kUnk + training(1), "no piece can stand in a text");
  const float nan = std::numeric_limits<float>::quiet_NaN();
  expect_refused(kUnk + piece("a", nan) + training(1), "the score of piece 1 ('a') is nan");
  // Sums of such scores pass the largest float, and then nothing is better than anything else.
  expect_refused(kUnk + piece("a", 3e38F) + training(1), "the score of piece 1 ('a') is 3e+38");
}

TEST(SentencePiece, RefusesCharsmapsThatLeadAstray) {
  const auto model = [&](std::string_view charsmap) {
    return kUnk + piece("a") + training(2) + field(3, std::string(field(2, charsmap)));
  };
  const auto sized = [](uint32_t trie, const std::string& rest) {
    std::string bytes;
    for (int shift = 0; shift < 32; shift += 8) bytes += static_cast<char>(trie >> shift);
    return bytes + rest;
  };
  expect_refused(model("abc"), "the charsmap has 3 bytes");
  expect_refused(model(sized(4000, "abc")), "the charsmap's trie has 4000 bytes, but only 3");
  expect_refused(model(sized(0xffffffff, "abc")), "but only 3");
  expect_refused(model(sized(4, std::string(8, '\0'))), "no multiple of 1024");
  expect_refused(model(sized(1024, std::string(1024, '\0') + "a")), "closed by a zero byte");
  std::string trie(1024, '\0');
  trie[5] = 4;  // the children of unit 1 lie 256 units on
  trie[6] = 4;
  expect_refused(model(sized(1024, trie + std::string(1, '\0'))),
                 "unit 1 of the charsmap's trie leads out of it");
}

/// A model whose charsmap has one rule, from "a" to `made`; or, where that is empty, a trie in which
/// "a" leads back to the root.
std::string model_with_rule(const std::string& made) {
  std::string map(4 + 1024, '\0');
  map[1] = 4;  // 1024 bytes of trie
  const auto put = [&](size_t unit, uint32_t word) {
    for (size_t i = 0; i < 4; ++i) map[4 + unit * 4 + i] = static_cast<char>(word >> (8 * i));
  };
  put('a', made.empty() ? uint32_t{'a'} << 10 | 'a' : 1U << 10 | 1U << 8 | 'a');
  if (!made.empty()) put('a' ^ 1, 1U << 31);
  return piece("<unk>", 0, kUnknown) + piece("a", -1) + training(2) +
         field(3, std::string(field(2, map + made + '\0')));
}

TEST(SentencePiece, BoundsWhatCharsmapsMayCost) {
  const auto encoded = [](const std::string& made, size_t bytes) {
    return encode(SentencePiece(model_with_rule(made), "here"), std::string(bytes, 'a')).size();
  };
  const auto error = [&](const std::string& made, size_t bytes) {
    return error_of([&] { encoded(made, bytes); });
  };
  EXPECT_EQ(encoded(std::string(4096, 'a'), 100), 409'601U);  // with the space in front
  expect_contains(error(std::string(4096, 'a'), 1000),
                  "the model's charsmap makes more than 1112576 bytes of a text of 1000");
  expect_contains(error(std::string(4097, 'a'), 1),
                  "the model's charsmap has a rule that makes more than 4096 bytes");
  EXPECT_EQ(encoded("", 255), 256U);
  expect_contains(error("", 256), "the model's charsmap has rules for more than 255 bytes");
}

TEST(SentencePiece, OneSpellingMayBeTextAndControl) {
  const SentencePiece model(
      kUnk + piece("<s>", 0, kControl) + piece("<s>", -1) + training(1) + identity(), "here");
  EXPECT_EQ(encode(model, "<s>"), Ids{2});
  EXPECT_EQ(encode(model, "<s>", {.specials = true}), Ids{1});
  EXPECT_EQ(model.begin_id(), 1);
}

TEST(SentencePiece, ControlPiecesAreFoundOnlyWhenAskedFor) {
  const SentencePiece model(kUnk + piece("</s>", 0, kControl) + piece("[I]", 0, kControl) +
                                piece("▁a", -1) + piece("▁", -3) + piece("a", -2) + training(2) +
                                identity(true),
                            "here");
  EXPECT_EQ(encode(model, "a[I]a", {.specials = true}), (Ids{3, 2, 3}));
  EXPECT_EQ(encode(model, "a</s>", {.specials = true}), (Ids{3, 1}));
  EXPECT_EQ(encode(model, "a</s>"), (Ids{3, 0}));
  EXPECT_EQ(encode(model, "a", {.begins = false}), Ids{5});
  EXPECT_EQ(model.decode(Ids{3, 2, 3, 0, 1}), "a a ⁇ ");
  EXPECT_EQ(model.end_id(), 1);
  EXPECT_EQ(model.special().end_of_document, 1);
  EXPECT_EQ(model.special().unknown, 0);
  EXPECT_TRUE(model.is_special(2));
  EXPECT_FALSE(model.is_special(3));
  EXPECT_EQ(model.token(3), "▁a");
  EXPECT_EQ(model.vocab_size(), 6);
  expect_contains(error_of([&] { model.decode(Ids{6}); }),
                  "6 is no token; the vocabulary has ids 0 to 5");
  expect_contains(error_of([&] { model.decode(Ids{-1}); }), "-1 is no token");
}

TEST(SentencePiece, BytesOfBytePiecesAreKept) {
  const SentencePiece model(kUnk + piece("a", -1) + all_bytes() + training(1, true) + identity(),
                            "here");
  EXPECT_EQ(model.decode(Ids{2 + 0xff, 1, 2 + 0xe2, 2 + 0x96}),
            "\xff"
            "a\xe2\x96");
  EXPECT_EQ(encode(model, "aé "), (Ids{1, 2 + 0xc3, 2 + 0xa9, 2 + 0xe2, 2 + 0x96, 2 + 0x81}));
}

TEST(SentencePiece, ScoresNearTiesFollowTheFloatSumsOfTheWholeText) {
  // "ab" is worth what "a" and "b" are together, but for rounding, which depends on what comes
  // before; so every one of many equal words is decided by itself, as if the text had no words.
  const std::string pieces =
      kUnk + piece("▁", -1) + piece("a", -1.1F) + piece("b", -2.3F) + piece("ab", -3.4F);
  const SentencePiece model(pieces + training(1) + identity(), "here");
  std::string text;
  for (int i = 0; i < 20000; ++i) text += " ab";
  float score = 0;
  Ids expected;
  for (int i = 0; i < 20000; ++i) {
    if (score < -100000) score = 0;
    score += -1;
    if (score < -100000) score = 0;
    const float after_a = score + -1.1F, one = score + -3.4F;
    const float two = after_a < -100000 ? 0 : after_a + -2.3F;  // set back: unequal in any case
    if (after_a < -100000) {
      const float one_set_back = one - after_a;
      const bool apart = -2.3F > one_set_back;
      expected.insert(expected.end(), apart ? std::initializer_list<int32_t>{1, 2, 3}
                                            : std::initializer_list<int32_t>{1, 4});
      score = apart ? -2.3F : one_set_back;
      continue;
    }
    expected.push_back(1);
    if (two > one) {
      expected.insert(expected.end(), {2, 3});
      score = two;
    } else {
      expected.push_back(4);
      score = one;
    }
  }
  EXPECT_EQ(encode(model, text), expected);
  EXPECT_TRUE(std::find(expected.begin(), expected.end(), 4) != expected.end());
  EXPECT_TRUE(std::find(expected.begin(), expected.end(), 3) != expected.end());
}

TEST(SentencePiece, WordsFirstMetFarIntoATextAreRememberedRightly) {
  for (const float lead : {0.0F, 0.0001F, 0.001F, 0.01F, -0.0001F, -0.001F, -0.01F}) {
    const float whole = -3.4F + lead;
    const SentencePiece model(kUnk + piece("▁", -1) + piece("a", -1.1F) + piece("b", -2.3F) +
                                  piece("ab", whole) + training(1) + identity(),
                              "here");
    WordCache cache;
    for (const int before : {20000, 3000, 100, 0}) {
      std::string text;
      float score = 0;
      for (int i = 0; i < before; ++i) {
        text += " b";
        score = (score + -1) + -2.3F;
      }
      const bool apart = ((score + -1) + -1.1F) + -2.3F > (score + -1) + whole;
      Ids ids;
      model.encode(text + " ab", {}, cache, ids);
      ids.erase(ids.begin(), ids.begin() + 2 * before);
      EXPECT_EQ(ids, apart ? (Ids{1, 2, 3}) : (Ids{1, 4})) << lead << " after " << before;
    }
  }
}

TEST(SentencePiece, LongTextsOfOneCharacterTakeLinearTime) {
  const std::string pieces =
      kUnk + piece("▁", -9) + piece("a", -9) + piece("aa", -1) + piece("aaaa", -2);
  const std::string text(1 << 20, 'a');
  const auto begin = std::chrono::steady_clock::now();
  for (const uint64_t algorithm : {1, 2, 3, 4})
    EXPECT_FALSE(
        encode(SentencePiece(pieces + training(algorithm) + identity(), "here"), text).empty());
  const SentencePiece taken_apart(pieces + piece("aaa", -3, kUnused) + training(2) + identity(),
                                  "here");
  EXPECT_EQ(encode(taken_apart, text).size(), size_t{1} << 18);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(20));
}

}  // namespace
}  // namespace tessera
