// From texts with labels to tokens: the form of one text and of two, cutting, labels, and which
// examples are held out.
#include "framework/data/examples.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Ids = std::vector<int32_t>;

constexpr int32_t kCls = 258, kSep = 259;

Ids numbers(int32_t first, size_t count) {
  Ids out(count);
  for (size_t i = 0; i < count; ++i) out[i] = first + static_cast<int32_t>(i);
  return out;
}

TEST(ExampleForm, PutsSpecialTokensAroundTexts) {
  const ExampleForm form(Tokenizer(ByteTokenizer()), 16);
  const ExampleTokens one = form.make(Ids{1, 2});
  EXPECT_EQ(one.ids, (Ids{kCls, 1, 2, kSep}));
  EXPECT_EQ(one.segments, (Ids{0, 0, 0, 0}));
  const ExampleTokens two = form.make(Ids{1, 2}, Ids{7});
  EXPECT_EQ(two.ids, (Ids{kCls, 1, 2, kSep, 7, kSep}));
  EXPECT_EQ(two.segments, (Ids{0, 0, 0, 0, 1, 1}));
  EXPECT_EQ(form.make(Ids{}).ids, (Ids{kCls, kSep}));
}

/// As `longest_first` of Hugging Face's tokenizers: truncate_encodings of tokenizers 0.23.
TEST(ExampleForm, CutsTheLongerTextFirst) {
  const ExampleForm form(Tokenizer(ByteTokenizer()), 11);  // room for 8 tokens of two texts
  const auto kept = [&](size_t first, size_t second) {
    const Ids ids = form.make(numbers(0, first), numbers(100, second)).ids;
    const auto below = std::ranges::count_if(ids, [](int32_t id) { return id < 100; });
    return std::pair<size_t, size_t>(below, ids.size() - 3 - static_cast<size_t>(below));
  };
  using Pair = std::pair<size_t, size_t>;
  EXPECT_EQ(kept(4, 4), Pair(4, 4));
  EXPECT_EQ(kept(2, 9), Pair(2, 6));
  EXPECT_EQ(kept(9, 2), Pair(6, 2));
  EXPECT_EQ(kept(9, 9), Pair(4, 4));
  EXPECT_EQ(kept(5, 20), Pair(4, 4));
  EXPECT_EQ(kept(0, 20), Pair(0, 8));
  const ExampleTokens one = form.make(numbers(0, 30));
  EXPECT_EQ(one.ids.size(), 11u);
  EXPECT_EQ(one.ids.back(), kSep);
  EXPECT_EQ(one.uncut, 32u);
}

TEST(ExampleForm, NeedsRoomForAText) {
  EXPECT_NE(error_of([] {
              ExampleForm(Tokenizer(ByteTokenizer()), 4);
            }).find("a text of 4 tokens is too short: 3 of them are special ones"),
            std::string::npos);
}

class ExampleFiles : public ::testing::Test {
 protected:
  TemporaryFolder folder_;
  const std::shared_ptr<const Tokenizer> tokenizer_ =
      std::make_shared<const Tokenizer>(ByteTokenizer());
  const ExampleForm form_{*tokenizer_, 16};

  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  ExampleSplit read(ExampleSource source) const { return read_examples(source, form_, tokenizer_); }
};

TEST_F(ExampleFiles, FindsLabelsSorted) {
  const auto train = file("a.tsv", "text\tlabel\nx\tpos\ny\tneg\nz\tpos\n"),
             more = file("b.jsonl", "{\"text\": \"w\", \"label\": \"mixed\"}\n");
  EXPECT_EQ(labels_of({train}, "label"), (Labels{"neg", "pos"}));
  EXPECT_EQ(labels_of({train, more}, "label"), (Labels{"mixed", "neg", "pos"}));
  const auto error = [&](const std::string& text) {
    return error_of([&] { labels_of({file("e.tsv", text)}, "label"); });
  };
  EXPECT_NE(error("label\na\na\n").find("has 1 label; there is nothing to tell apart"),
            std::string::npos);
  EXPECT_NE(
      error("label\tx\na\t1\n\t2\n").find("e.tsv, line 3: the label in column 'label' is empty"),
      std::string::npos);
  EXPECT_NE(error("label\na\n\xff\n").find("is no UTF-8"), std::string::npos);
  std::string many = "label\n";
  for (int i = 0; i < 10'001; ++i) many += std::to_string(i) + "\n";
  EXPECT_NE(error(many).find("more than 10000 different labels; name the column"),
            std::string::npos);
}

TEST_F(ExampleFiles, HoldsOutByTextAlone) {
  std::string text = "text\tlabel\n";
  for (int i = 0; i < 2000; ++i)
    text += fmt::format("review {}\t{}\n", i % 1000, i % 3 == 0 ? "neg" : "pos");
  const ExampleSource source{.train = file("a.tsv", text),
                             .validation = {},
                             .held_out = 0.2,
                             .columns = {{"text"}, "label"},
                             .labels = {"neg", "pos"}};
  const ExampleSplit split = read(source);
  EXPECT_EQ(split.train.size() + split.validation.size(), 2000u);
  EXPECT_NEAR(static_cast<double>(split.validation.size()), 400, 60);
  std::set<Ids> held;
  for (size_t i = 0; i < split.validation.size(); ++i)
    held.insert({split.validation.ids(i).begin(), split.validation.ids(i).end()});
  EXPECT_EQ(held.size() * 2, split.validation.size());  // each text is there twice
  for (size_t i = 0; i < split.train.size(); ++i)
    EXPECT_FALSE(held.contains({split.train.ids(i).begin(), split.train.ids(i).end()}));
  EXPECT_EQ(split.train.label(0) + split.validation.label(0) <= 2, true);
  EXPECT_TRUE(split.identity.starts_with("2000 examples, hash "));
}

TEST_F(ExampleFiles, ReadsAFileOfItsOwnToEvaluateOn) {
  const ExampleSource source{.train = file("a.tsv", "a\tb\tlabel\nx\ty\tpos\n"),
                             .validation = file("b.csv", "label,b,a\nneg,q,p\n"),
                             .held_out = 0.5,
                             .columns = {{"a", "b"}, "label"},
                             .labels = {"neg", "pos"}};
  const ExampleSplit split = read(source);
  ASSERT_EQ(split.train.size(), 1u);
  ASSERT_EQ(split.validation.size(), 1u);
  const auto ids = split.validation.ids(0);
  EXPECT_EQ(Ids(ids.begin(), ids.end()), (Ids{kCls, 'p', kSep, 'q', kSep}));
  EXPECT_EQ(split.validation.label(0), 0);
  EXPECT_EQ(split.train.label(0), 1);
}

TEST_F(ExampleFiles, SaysWhatItCannotUse) {
  const auto error = [&](const std::string& text, double held_out) {
    return error_of([&] {
      read({.train = file("a.tsv", text),
            .validation = {},
            .held_out = held_out,
            .columns = {{"text"}, "label"},
            .labels = {"neg", "pos"}});
    });
  };
  EXPECT_NE(error("text\tlabel\na\tgood\n", 0)
                .find("a.tsv, line 2: the label 'good' is not known; "
                      "known: neg, pos"),
            std::string::npos);
  EXPECT_NE(error("text\tlabel\na\tpos\n", 1).find("has no example to train on; hold out less"),
            std::string::npos);
  EXPECT_NE(error("text\tlabel\n", 0).find("has no example to train on"), std::string::npos);
}

}  // namespace
}  // namespace tessera
