#include "framework/tokenizer/tokenizer.h"

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

TEST(ByteTokenizer, RoundTripsEveryByte) {
  const Tokenizer tokenizer = ByteTokenizer{};
  std::string text;
  for (int i = 0; i < 1024; ++i) text += static_cast<char>(i * 7);
  const std::vector<int32_t> ids = tokenizer.encode(text);
  EXPECT_EQ(ids.size(), text.size());
  EXPECT_EQ(tokenizer.decode(ids), text);
  EXPECT_EQ(tokenizer.byte_count(ids), text.size());
  EXPECT_TRUE(tokenizer.encode("").empty());
}

TEST(ByteTokenizer, SpecialsAreDistinctAndDecodeToNothing) {
  const Tokenizer tokenizer = ByteTokenizer{};
  const SpecialTokens& s = tokenizer.special();
  const std::vector<int32_t> specials = {s.end_of_document, s.pad, s.cls, s.sep, s.mask};
  for (size_t i = 0; i < specials.size(); ++i) {
    EXPECT_GE(specials[i], 256);
    EXPECT_LT(specials[i], tokenizer.vocab_size());
    EXPECT_TRUE(tokenizer.is_special(specials[i]));
    for (size_t j = 0; j < i; ++j) EXPECT_NE(specials[i], specials[j]);
  }
  EXPECT_EQ(tokenizer.decode(specials), "");
  EXPECT_EQ(s.unknown, SpecialTokens::kNone);
  EXPECT_FALSE(tokenizer.is_special(SpecialTokens::kNone));
  for (int32_t id = 0; id < 256; ++id) EXPECT_FALSE(tokenizer.is_special(id));
}

TEST(ByteTokenizer, RefusesIdsOutsideTheVocabulary) {
  const Tokenizer tokenizer = ByteTokenizer{};
  for (int32_t id : {-1, 261, 1 << 20})
    expect_contains(error_of([&] { tokenizer.decode(std::vector<int32_t>{id}); }),
                    fmt::format("{} is no token", id));
}

TEST(ByteTokenizer, FindsWordsAndSentences) {
  const Tokenizer tokenizer = ByteTokenizer{};
  EXPECT_TRUE(tokenizer.continues_word('a', '9'));
  EXPECT_TRUE(tokenizer.continues_word('_', 'Z'));
  EXPECT_TRUE(tokenizer.continues_word(0xc3, 0xa9));
  EXPECT_FALSE(tokenizer.continues_word('a', ' '));
  EXPECT_FALSE(tokenizer.continues_word(tokenizer.special().cls, 'a'));
  EXPECT_TRUE(tokenizer.ends_sentence('\n', 'a'));
  EXPECT_TRUE(tokenizer.ends_sentence('.', ' '));
  EXPECT_FALSE(tokenizer.ends_sentence('.', '5'));
  EXPECT_FALSE(tokenizer.ends_sentence(' ', '\n'));
}

TEST(MakeTokenizer, RemakesFromTheDescription) {
  const Tokenizer tokenizer = ByteTokenizer{};
  const auto shared = make_tokenizer(tokenizer.description(), ".");
  const Tokenizer& again = *shared;
  EXPECT_EQ(again.fingerprint(), tokenizer.fingerprint());
  EXPECT_EQ(again.vocab_size(), 261);
}

TEST(MakeTokenizer, NamesWhatIsWrong) {
  expect_contains(error_of([] { make_tokenizer("{", "."); }), "is not JSON");
  expect_contains(error_of([] { make_tokenizer("[]", "."); }), "is no object");
  expect_contains(error_of([] { make_tokenizer(R"({"type":7})", "."); }), "has no \"type\"");
  expect_contains(error_of([] { make_tokenizer(R"({"type":"morse"})", "."); }),
                  "'morse' is not known");
  expect_contains(error_of([] { make_tokenizer(R"({"type":"byte","vocab_size":300})", "."); }),
                  "differs from this program's");
}

TEST(Tokenizer, TextMayBeCutWhereItSays) {
  const Tokenizer tokenizer = ByteTokenizer{};
  const std::string text = random_text(3, 500) + "\xc3\xa4 \n\n  end";
  const std::vector<int32_t> whole = tokenizer.encode(text);
  for (size_t n = 1; n <= text.size(); ++n) {
    const size_t cut = tokenizer.safe_cut(std::string_view(text).substr(0, n));
    ASSERT_LE(cut, n);
    std::vector<int32_t> ids = tokenizer.encode(text.substr(0, cut));
    const std::vector<int32_t> rest = tokenizer.encode(text.substr(cut));
    ids.insert(ids.end(), rest.begin(), rest.end());
    EXPECT_EQ(ids, whole);
  }
}

}  // namespace
}  // namespace tessera
