#include "framework/tokenizer/word_counts.h"

#include <future>
#include <map>

#include "framework/tokenizer/word_run.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

void cut_at_spaces(std::string_view text, bool /*by_lines*/, Pieces& words) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find(' ', at), text.size());
    words.list.push_back(text.substr(at, end - at));
    at = end + 1;
  }
}

TextSource source_of(const std::vector<std::string>& texts) {
  return [&texts, next = size_t{0}](TextPart& part) mutable {
    if (next == texts.size()) return false;
    part.text = texts[next++];
    return true;
  };
}

std::map<std::string, uint64_t> as_map(const WordCounts& counts) {
  std::map<std::string, uint64_t> map;
  for (size_t i = 0; i < counts.size(); ++i) map[std::string(counts[i].word)] = counts[i].count;
  EXPECT_EQ(map.size(), counts.size());
  return map;
}

TEST(WordCounts, AreTheSameForAnyThreadsAndMemory) {
  const TemporaryFolder folder;
  std::vector<std::string> texts;
  std::map<std::string, uint64_t> expected;
  for (uint64_t seed = 0; seed < 12; ++seed) texts.push_back(random_text(seed, 50000));
  for (const std::string& text : texts) {
    Pieces words;
    cut_at_spaces(text, true, words);
    for (const std::string_view word : words.list) ++expected[std::string(word)];
  }
  for (const int threads : {1, 3})
    for (const size_t memory : {size_t{1} << 30, size_t{0}}) {
      const WordCounts counts =
          count_words(source_of(texts), cut_at_spaces,
                      {.threads = threads, .memory = memory, .temporary = folder.path()});
      EXPECT_EQ(as_map(counts), expected);
      for (size_t i = 1; i < counts.size(); ++i) ASSERT_LT(counts[i - 1].word, counts[i].word);
    }
  EXPECT_TRUE(fs::is_empty(folder.path()));
}

TEST(WordCounts, HoldLongAndEmptyWords) {
  const TemporaryFolder folder;
  const std::vector<std::string> texts = {std::string(3 << 20, 'x') + "  y", "y",
                                          std::string(3 << 20, 'x')};
  const WordCounts counts =
      count_words(source_of(texts), cut_at_spaces, {.memory = 0, .temporary = folder.path()});
  EXPECT_EQ(as_map(counts),
            (std::map<std::string, uint64_t>{{"", 1}, {"y", 2}, {std::string(3 << 20, 'x'), 2}}));
}

TEST(WordCounts, MoreRunsThanFilesMayBeOpenAreMerged) {
  const TemporaryFolder folder;
  std::vector<std::string> texts(70);
  for (size_t i = 0; i < texts.size(); ++i)
    texts[i] = "same " + std::string(300000, static_cast<char>('a' + i % 20));
  const WordCounts counts =
      count_words(source_of(texts), cut_at_spaces, {.memory = 0, .temporary = folder.path()});
  EXPECT_EQ(counts.size(), 21u);
  EXPECT_EQ(as_map(counts)["same"], 70u);
}

TEST(WordCounts, OfNoTextAreEmpty) {
  EXPECT_TRUE(count_words(source_of({}), cut_at_spaces, {.threads = 3}).empty());
}

TEST(WordCounts, ErrorsOfAnyThreadComeThrough) {
  const std::vector<std::string> texts(100, "a b");
  const TextCutter fails = [](std::string_view, bool, Pieces&) { user_error("cannot be cut"); };
  for (const int threads : {1, 4})
    expect_contains(error_of([&] { count_words(source_of(texts), fails, {.threads = threads}); }),
                    "cannot be cut");
  const TextSource broken = [](TextPart&) -> bool { user_error("cannot be read"); };
  expect_contains(error_of([&] { count_words(broken, cut_at_spaces, {.threads = 2}); }),
                  "cannot be read");
}

TEST(WordCounts, PartsMayMakeTheirTextsLater) {
  const std::vector<std::string> texts = {"a b", "b c", "c", "a"};
  for (const int threads : {1, 3}) {
    size_t next = 0;
    const TextSource source = [&](TextPart& part) {
      if (next == texts.size()) return false;
      part.texts = [&, first = next](const auto& found) {
        found(texts[first]);
        found(texts[first + 1]);
      };
      next += 2;
      return true;
    };
    EXPECT_EQ(as_map(count_words(source, cut_at_spaces, {.threads = threads})),
              (std::map<std::string, uint64_t>{{"a", 2}, {"b", 2}, {"c", 2}}));
  }
}

/// The first part fails after the second one has.
TEST(WordCounts, OfSeveralErrorsTheEarliestComesThrough) {
  for (int round = 0; round < 20; ++round) {
    uint64_t number = 0;
    std::promise<void> second_fails;
    const TextSource source = [&](TextPart& part) {
      part.texts = [&, mine = number++](const auto& /*found*/) {
        if (mine == 0) {
          second_fails.get_future().wait();
        } else if (mine == 1) {
          second_fails.set_value();
        }
        user_error("part {}", mine);
      };
      return true;
    };
    EXPECT_EQ(error_of([&] { count_words(source, cut_at_spaces, {.threads = 2}); }), "part 0");
  }
}

TEST(WordCounts, AFolderThatCannotBeWrittenIsNamed) {
  const std::vector<std::string> texts(3, std::string(1 << 20, 'x') + " y");
  const std::string error = error_of([&] {
    count_words(source_of(texts), cut_at_spaces, {.memory = 0, .temporary = "/nowhere/at/all"});
  });
  expect_contains(error, "/nowhere/at/all: cannot make a folder for words");
  expect_contains(error, "allow more memory");
}

TEST(WordRun, ThatWasCutIsRefused) {
  const TemporaryFolder folder;
  {
    WordRunWriter run(folder / "run");
    run.add({"word", 300});
    run.finish();
  }
  const std::string bytes = read_file(folder / "run");
  const auto read_all = [&](size_t length) {
    write_file(folder / "cut", bytes.substr(0, length));
    WordRunReader reader(folder / "cut");
    WordCount word;
    while (reader.next(word)) EXPECT_EQ(word.count, 300u);
  };
  read_all(bytes.size());
  read_all(0);
  expect_contains(error_of([&] { read_all(bytes.size() - 1); }), "ends amid a word");
  expect_contains(error_of([&] { read_all(2); }), "ends amid a number");
  expect_contains(error_of([&] { WordRunReader(folder / "none"); }), "cannot open");
}

}  // namespace
}  // namespace tessera
