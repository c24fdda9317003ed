#include "framework/data/text_parts.h"

#include <nlohmann/json.hpp>

#include "tests/data/text_folder.h"

namespace tessera {
namespace {

std::vector<std::string> parts_of(TextParts& parts) {
  std::vector<std::string> list;
  for (std::string text; parts.next(text);) list.push_back(text);
  return list;
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += part;
  return text;
}

TextParts parts_at(const TemporaryFolder& folder, const ReadingOptions& options = {}) {
  return TextParts(list_source_files({folder.path()}, {}, false).files, options);
}

TEST(TextParts, AreWholeLinesOfOneDocument) {
  const TemporaryFolder folder;
  const std::string large = random_text(1, 2 << 20);
  write_file(folder / "a.txt", large);
  write_file(folder / "b.txt", "no line end");
  write_file(folder / "c.txt", "one\ntwo\n");
  write_file(folder / "d.txt", "");
  write_file(folder / "e.bin", std::string("\0\1", 2));
  TextParts parts = parts_at(folder);
  std::vector<std::string> list = parts_of(parts);
  ASSERT_GT(list.size(), 4u);
  EXPECT_EQ(list.back(), "one\ntwo\n");
  list.pop_back();
  EXPECT_EQ(list.back(), "no line end");
  list.pop_back();
  EXPECT_EQ(joined(list), large);
  list.pop_back();
  for (const std::string& part : list) {
    EXPECT_EQ(part.back(), '\n');
    EXPECT_LT(part.size(), size_t{2} << 19);
  }
  EXPECT_EQ(parts.counts().documents, 3u);
  EXPECT_EQ(parts.counts().files, 5u);
  EXPECT_EQ(parts.counts().left_out, 2u);
  EXPECT_EQ(parts.counts().text_bytes, large.size() + 19);
  EXPECT_EQ(parts.counts().bytes, parts.counts().bytes_total);
}

TEST(TextParts, OfAVeryLongLineEndAtSpacesOrCharacters) {
  const TemporaryFolder folder;
  std::string spaced, dense;
  while (spaced.size() < size_t{9} << 20) spaced += "word ";
  while (dense.size() < size_t{9} << 20) dense += "\u4e2d";
  for (const std::string& line : {spaced, dense}) {
    write_file(folder / "line.txt", line);
    TextParts parts = parts_at(folder);
    const auto list = parts_of(parts);
    EXPECT_GT(list.size(), 1u);
    EXPECT_EQ(joined(list), line);
    for (const std::string& part : list) {
      EXPECT_TRUE(part.starts_with(line == dense ? "\u4e2d" : part[0] == ' ' ? " word" : "word"));
      EXPECT_LT(part.size(), size_t{6} << 20);
    }
  }
}

TEST(TextParts, MayBeCutWhereWordsBegin) {
  const TemporaryFolder folder;
  std::string code;
  for (int i = 0; code.size() < size_t{1} << 20; ++i)
    code += i % 2 == 0 ? "  a  b\n \n" : "\u3000 \u00a0 x\u4e2d y\n";
  write_file(folder / "a.txt", code);
  write_file(folder / "b.jsonl", nlohmann::json{{"text", code}}.dump() + "\n");
  for (const bool files : {false, true}) {
    TextParts parts(list_source_files({folder.path()}, {}, false).files, {},
                    {.records = true, .files = files});
    std::string all, last;
    size_t at_spaces = 0;
    for (std::string part; parts.next(part); last = part) {
      const bool begins = all.size() % code.size() == 0;
      if (!parts.at_lines() && ++at_spaces > 0 && !begins) {
        EXPECT_EQ(part[0], ' ');
        EXPECT_TRUE(last.ends_with("b") || last.ends_with("\u4e2d") || last.ends_with("a")) << last;
      }
      all += part;
    }
    EXPECT_TRUE(all == code + code);
    EXPECT_GT(at_spaces, files ? 3u : 1u);
  }
}

TEST(TextParts, OfRecordsAreTheirTexts) {
  const TemporaryFolder folder;
  write_file(folder / "a.jsonl",
             "{\"text\": \"one\\ntwo\"}\n{\"text\": \"\"}\n{}\n{\"text\": \"three\"}\n");
  TextParts strict = parts_at(folder);
  expect_contains(error_of([&] { parts_of(strict); }), "a.jsonl, line 3");
  TextParts parts = parts_at(folder, {.skip_broken = true});
  EXPECT_EQ(parts_of(parts), (std::vector<std::string>{"one\ntwo", "three"}));
  EXPECT_EQ(parts.counts().documents, 2u);
  EXPECT_EQ(parts.counts().broken, 1u);
}

TEST(TextParts, AreTakenInBatches) {
  const TemporaryFolder folder;
  const std::string large = random_text(1, 600'000);
  write_file(folder / "a.txt", large);
  std::string lines;
  for (int i = 0; i < 20'000; ++i)
    lines += i % 1000 == 7 ? "{}\n" : fmt::format("{{\"text\": \"record {}\\nof all\"}}\n", i);
  write_file(folder / "b.jsonl", lines + "{\"text\": \"\"}\n");
  write_file(folder / "c.csv", "text\n" + large.substr(0, 10) + "\nlast\n");
  write_file(folder / "d.jsonl", "");
  const auto sources = list_source_files({folder.path()}, {}, false).files;
  const ReadingOptions options{.skip_broken = true};
  const CutAtSpaces cut{.records = true};
  TextParts parts(sources, options, cut), batches(sources, options, cut);
  std::string one_by_one, together;
  for (std::string text; parts.next(text);) one_by_one += (parts.at_lines() ? "l" : "s") + text;
  size_t taken = 0;
  for (TextParts::Batch batch; batches.take(batch); ++taken)
    batches.read(batch, [&](std::string_view text) {
      together += batch.at_lines ? "l" : "s";
      together += text;
    });
  EXPECT_TRUE(one_by_one == together);
  EXPECT_LT(taken, 20U);
  EXPECT_EQ(batches.counts().documents, parts.counts().documents);
  EXPECT_EQ(batches.counts().text_bytes, parts.counts().text_bytes);
  EXPECT_EQ(batches.counts().broken, 20U);
  EXPECT_EQ(batches.counts().bytes, parts.counts().bytes);
  EXPECT_EQ(batches.counts().files, 4U);
  EXPECT_EQ(batches.counts().left_out, parts.counts().left_out);
}

TEST(TextParts, NameTheBrokenRecordOfABatch) {
  const TemporaryFolder folder;
  write_file(folder / "a.jsonl", "{\"text\": \"one\"}\n{\"text\": 2}\n");
  TextParts parts = parts_at(folder);
  TextParts::Batch batch;
  ASSERT_TRUE(parts.take(batch));
  expect_contains(
      error_of([&] { parts.read(batch, [](std::string_view) {}); }),
      "a.jsonl, line 2: \"text\" is a number and no text; mend it, or give --skip-broken");
}

}  // namespace
}  // namespace tessera
