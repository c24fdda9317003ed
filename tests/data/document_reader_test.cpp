// Each format gives the documents that were put into it, and says what it cannot read.
#include "framework/data/document_reader.h"

#include "tests/data/compressed.h"
#include "tests/data/text_folder.h"

namespace tessera {
namespace {

class Documents : public testing::Test {
 protected:
  /// The documents of a file with this content; broken records as "broken: why".
  std::vector<std::string> read(const std::string& name, const std::string& content,
                                const ReadingOptions& options = {}) {
    const fs::path path = folder_ / name;
    write_file(path, content);
    OpenedText opened = open_text(path);
    EXPECT_EQ(opened.kind, SourceKind::text);
    const auto reader = read_documents(*opened.text, name, options);
    const auto record_text = reader->record_text();
    std::vector<std::string> documents;
    lines_.clear();
    for (DocumentPart part; reader->next(part);) {
      if (part.broken.empty() && record_text != nullptr) try {
          record_text->extract(part.text, part.place.line);
        } catch (const UserError& error) {
          part.broken = error.what();
        }
      const std::string text = part.broken.empty() ? part.text : "broken: " + part.broken;
      if (part.begins) {
        documents.push_back(text);
        lines_.push_back(part.place.line);
      } else {
        documents.back() += text;
      }
    }
    return documents;
  }
  std::string error(const std::string& name, const std::string& content,
                    const ReadingOptions& options = {}) {
    return error_of([&] { read(name, content, options); });
  }

  using Texts = std::vector<std::string>;
  TemporaryFolder folder_;
  std::vector<uint64_t> lines_;  // of the documents last read
};

TEST_F(Documents, AFileIsOneDocument) {
  EXPECT_EQ(read("a.md", "# one\n\ntwo\n"), Texts{"# one\n\ntwo\n"});
  const std::string large = random_text(1, 3 << 20);
  EXPECT_TRUE(read("large.txt", large) == Texts{large});
  EXPECT_EQ(read("a.json", "{\"text\": \"one\"}\n"), Texts{"{\"text\": \"one\"}\n"});
  EXPECT_EQ(read("a.csv", "text\none\n", {.format = TextFormat::text}), Texts{"text\none\n"});
}

TEST_F(Documents, JsonLines) {
  const std::string lines =
      "{\"text\": \"one\\ntwo\", \"id\": 1}\n\n  \r\n{\"id\": 2, \"text\": \"\"}\r\n"
      "{\"text\":\"last \\u00e9\"}";
  for (const char* name : {"a.jsonl", "A.NDJSON", "a.jsonl.gz.txt.jsonl"})
    EXPECT_EQ(read(name, lines), (Texts{"one\ntwo", "", "last \xc3\xa9"})) << name;
  EXPECT_EQ(lines_, (std::vector<uint64_t>{1, 4, 5}));
  EXPECT_EQ(read("a.json", "{\"text\": \"a\"}\n{\"text\": \"b\"}\n"), (Texts{"a", "b"}));
}

TEST_F(Documents, JsonLinesKeys) {
  ReadingOptions options{.text_key = "a.b"};
  EXPECT_EQ(read("a.jsonl", "{\"a\": {\"b\": \"deep\"}}\n{\"a.b\": \"flat\", \"a\": 1}\n", options),
            (Texts{"deep", "flat"}));
  EXPECT_EQ(
      read("a.jsonl", "{\"a\": {\"c\": 1, \"d\": 2}}\n", options),
      Texts{"broken: a.jsonl, line 1: has no \"a.b\"; it has: c, d; name the text with --text "
            "KEY"});
  EXPECT_EQ(read("a.jsonl", "{\"a\": 1}\n", options),
            Texts{"broken: a.jsonl, line 1: has no \"a.b\"; it has: nothing; name the text with "
                  "--text KEY"});
  const std::string ends(99, 'k');  // one byte more would be half a character
  EXPECT_EQ(read("a.jsonl", "{\"" + ends + "\u00e9\": 1}\n", options),
            Texts{"broken: a.jsonl, line 1: has no \"a.b\"; it has: " + ends +
                  "; name the text with --text KEY"});
}

TEST_F(Documents, BrokenJsonLinesAreNamedAndThoseAfterThemRead) {
  const std::string deep(40, '[');
  const Texts texts = read("a.jsonl",
                           "{\"text\": \"a\n{\"text\": 5}\n[1]\n{\"text\": \"b\", \"text\": "
                           "\"c\"}\n{\"x\": " +
                               deep + "\n{\"text\": \"\xff\"}\n{\"text\": \"good\"}\n");
  ASSERT_EQ(texts.size(), 7u);
  EXPECT_EQ(texts[0], "broken: a.jsonl, line 1 is not JSON: it makes no sense at byte 12");
  EXPECT_EQ(texts[1], "broken: a.jsonl, line 2: \"text\" is a number and no text");
  EXPECT_EQ(texts[2], "broken: a.jsonl, line 3: the JSON is no object");
  EXPECT_EQ(texts[3], "broken: a.jsonl, line 4: the key \"text\" is given twice");
  EXPECT_EQ(texts[4], "broken: a.jsonl, line 5: nested deeper than 32 levels");
  expect_contains(texts[5], "broken: a.jsonl, line 6 is not JSON");
  EXPECT_EQ(texts[6], "good");
}

TEST_F(Documents, Csv) {
  const std::string table =
      "id,text,\"the \"\"title\"\"\"\r\n1,plain,A\r\n2,\"two\nlines, \"\"quoted\"\"\",B\r\n\r\n"
      "3,5\" disk,\"\"\n4,,\n5,\"last\",C";
  EXPECT_EQ(read("a.csv", table),
            (Texts{"plain", "two\nlines, \"quoted\"", "5\" disk", "", "last"}));
  EXPECT_EQ(lines_, (std::vector<uint64_t>{2, 3, 6, 7, 8}));
  EXPECT_EQ(read("a.csv", table, {.columns = {"the \"title\"", "text"}}),
            (Texts{"A\nplain", "B\ntwo\nlines, \"quoted\"", "\n5\" disk", "", "C\nlast"}));
  EXPECT_EQ(read("a.tsv", "text\tn\na, b\t1\n\"c\td\"\t2\n"), (Texts{"a, b", "c\td"}));
  EXPECT_EQ(read("a.csv", "text\n"), Texts{});
}

TEST_F(Documents, CsvOfAllKindsOfFieldsAgreesWithWhatWasWritten) {
  const Random random(3, "test.csv");
  std::string table = "a,text\n";
  Texts texts;
  for (uint64_t row = 0; row < 20000; ++row) {
    std::string field;
    for (uint32_t i = 0, size = random.block(row, 0)[0] % 40; i < size; ++i)
      field += "ab,\"\n\r x"[random.block(row, 1 + i)[0] % 8];
    std::string quoted;
    for (const char c : field) quoted += c == '"' ? "\"\"" : std::string(1, c);
    table += std::to_string(row) + ",\"" + quoted + "\"" + (row % 2 == 0 ? "\n" : "\r\n");
    texts.push_back(field);
  }
  EXPECT_TRUE(read("a.csv", table) == texts);
}

TEST_F(Documents, BrokenCsvIsNamed) {
  EXPECT_EQ(
      error("a.csv", "id,label\n1,2\n"),
      "a.csv: has no column \"text\"; it has: id, label; name the text with --column NAME, or "
      "read the file as it is with --format text");
  const std::string ends(99, 'k');
  EXPECT_EQ(error("a.csv", ends + "\u00e9\n1\n"),
            "a.csv: has no column \"text\"; it has: " + ends +
                "; name the text with --column NAME, or read the file as it is with --format text");
  EXPECT_EQ(error("a.csv", "text,text\n1,2\n"),
            "a.csv: has 2 columns \"text\"; give each a name of its own");
  EXPECT_EQ(error("a.csv", "\"text\n1,2\n"), "a.csv, line 1: a quote is never closed");
  EXPECT_EQ(read("a.csv", "text,n\na\n\"b\"c,1\nd,1,2\ne,1\n\"f,1\ng,2\n"),
            (Texts{"broken: a.csv, line 2: has 1 fields, and the header 2",
                   "broken: a.csv, line 3: text follows the closing quote of column 1",
                   "broken: a.csv, line 4: has 3 fields, and the header 2", "e",
                   "broken: a.csv, line 6: a quote is never closed", "g"}));
  EXPECT_EQ(
      read("a.csv", "text,n\n\"two\nlines\"x,1\ng,2\n"),
      (Texts{"broken: a.csv, lines 2 to 3: text follows the closing quote of column 1", "g"}));
}

TEST_F(Documents, AQuoteThatIsNeverClosedCostsItsLineAlone) {
  std::string table = "text,n\n", rest;
  Texts expected{"broken: a.csv, line 2: a quote is never closed"};
  for (int i = 0; i < 30000; ++i) {  // quotes behind it that could open and close fields anew
    const std::string text = fmt::format("row {}{}", i, i % 3 == 0 ? " of \"\" and more" : "");
    rest += fmt::format("{},{}\n", i % 3 == 1 ? "\"\"" : text, i % 2 == 0 ? "\"\"" : "1");
    expected.push_back(i % 3 == 1 ? "" : text);
  }
  EXPECT_TRUE(read("a.csv", table + "\"stray,1\n" + rest) == expected);
  EXPECT_EQ(lines_[1], 3u);
  // One that a later field closes costs the lines up to there, which are named.
  const Texts got = read("a.csv", table + "a,0\n\"stray,1\nb,2\n\"c\",3\nd,4\n");
  EXPECT_EQ(got, (Texts{"a",
                        "broken: a.csv, lines 3 to 5: text follows the closing quote of column "
                        "1",
                        "d"}));
}

TEST_F(Documents, WhatTakesTooLongToEndIsBrokenWhateverLiesAhead) {
  const std::string table = "text\na\n\"c\nb\n" + std::string(257 << 20, 'x') + "\"\nd\n";
  EXPECT_EQ(read("a.csv", table),
            (Texts{"a", "broken: a.csv, line 3: a quote is never closed within 256 MiB", "b",
                   "broken: a.csv, line 5: is longer than 256 MiB", "d"}));
}

TEST_F(Documents, LoneSurrogatesInJsonAreReplaced) {
  EXPECT_EQ(read("a.jsonl", R"({"text": "a\ud83d b\uDE00c \ud83d\ud83d\ude00 \\ud83d"})"),
            Texts{"a\uFFFD b\uFFFDc \uFFFD\U0001f600 \\ud83d"});
  EXPECT_EQ(read("a.jsonl", R"({"te\udc00": 1, "text": "\ud83dx"})"), Texts{"\uFFFDx"});
  expect_contains(read("a.jsonl", R"({"text": "\ud8"})")[0], "broken: a.jsonl, line 1 is not JSON");
}

TEST_F(Documents, CompressedFiles) {
  const std::string large = random_text(1, 3 << 20);
  for (const auto pack : {gzip, zstd}) {
    EXPECT_TRUE(read("a.txt", pack(large)) == Texts{large});
    EXPECT_TRUE(read("a.txt", pack(large) + pack("") + pack("more")) == Texts{large + "more"});
    EXPECT_EQ(read("a.jsonl.gz", pack("{\"text\": \"a\"}\n{\"te") + pack("xt\": \"b\"}")),
              (Texts{"a", "b"}));
    EXPECT_EQ(read("a.csv.zst", pack("text\none\n")), Texts{"one"});
  }
  EXPECT_EQ(read("a.gz", gzip("a") + std::string(1000, '\0')), Texts{"a"});
  const std::string skippable("\x51\x2a\x4d\x18\x03\0\0\0xyz", 11);
  EXPECT_EQ(read("a.zst", skippable + zstd("a") + skippable), Texts{"a"});
}

TEST_F(Documents, DamagedCompressedFilesAreNamed) {
  const std::string large = random_text(1, 1 << 20);
  struct Kind {
    std::string name;
    std::string (*pack)(const std::string&);
  };
  for (const auto& [name, pack] : {Kind{"gzip", gzip}, Kind{"zstd", zstd}}) {
    const std::string packed = pack(large);
    for (const size_t size : {size_t{5}, packed.size() / 2, packed.size() - 1})
      expect_contains(error("a.txt", packed.substr(0, size)),
                      "a.txt: cut short: the " + name + " data end in the middle");
    std::string damaged = packed;
    for (size_t i = packed.size() / 2; i < packed.size() / 2 + 40; ++i) damaged[i] ^= '\x55';
    damaged.resize(damaged.size() - 1);
    const std::string message = error("a.txt", damaged);
    EXPECT_TRUE(message.find("a.txt: damaged: the " + name + " data make no sense") !=
                    std::string::npos ||
                message.find("cut short") != std::string::npos)
        << message;
    expect_contains(error("a.txt", packed + "trailing bytes"), "a.txt: damaged");
    expect_contains(error(name == "gzip" ? "a.gz" : "a.zst", "plain"),
                    ": holds no " + name + " data, though its name ends in");
  }
  expect_contains(error("a.gz", gzip("a") + std::string("\0\0x", 3)),
                  "bytes that are no gzip data follow it");
  // A frame whose header asks for a window of 2 GiB.
  expect_contains(error("a.zst", std::string("\x28\xb5\x2f\xfd\x00\xa8\x01\x00\x00", 9)),
                  "needs more than 128 MiB of memory to decompress");
}

TEST_F(Documents, FormsThatAreNotReadAreNamed) {
  expect_contains(error("a.xz",
                        "\xfd"
                        "7zXZ" +
                            std::string(20, '\0')),
                  "a.xz: xz is not read; decompress it with `xz -dk FILE`");
  expect_contains(error("a.bz2", "BZh91AY&SY" + std::string(20, '\x55')), "`bzip2 -dk FILE`");
  expect_contains(error("a.txt", gzip("PAR1")), "Parquet is not read");
}

TEST_F(Documents, Utf16AndByteOrderMarks) {
  const auto wide = [](const std::u16string& text, bool high_first) {
    std::string bytes;
    for (const char16_t unit : u"\xfeff" + text) {
      const char low = static_cast<char>(unit & 0xff), high = static_cast<char>(unit >> 8);
      bytes += high_first ? std::string{high, low} : std::string{low, high};
    }
    return bytes;
  };
  const std::u16string text = u"h\u00e9 \u4e2d \U0001f999\n";
  const Texts expected{"h\xc3\xa9 \xe4\xb8\xad \xf0\x9f\xa6\x99\n"};
  EXPECT_EQ(read("a.txt", wide(text, false)), expected);
  EXPECT_EQ(read("a.txt", wide(text, true)), expected);
  EXPECT_EQ(read("a.txt", gzip(wide(text, true))), expected);
  EXPECT_EQ(read("a.jsonl", wide(u"{\"text\": \"a\"}\n", false)), Texts{"a"});
  // Lone surrogates and an odd byte become U+FFFD.
  EXPECT_EQ(read("a.txt", wide({u'a', 0xd83e, u'b', 0xdd99, 0xd83e}, false) + "x"),
            Texts{"a\xef\xbf\xbd"
                  "b\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"});
  // Surrogate pairs survive where pieces of the file meet.
  std::u16string pairs(1, u'a');
  std::string utf8 = "a";
  for (int i = 0; i < 100000; ++i) pairs += u"\U0001f999", utf8 += "\xf0\x9f\xa6\x99";
  EXPECT_TRUE(read("a.txt", wide(pairs, true)) == Texts{utf8});
  EXPECT_EQ(read("a.txt", "\xef\xbb\xbftext"), Texts{"text"});
  EXPECT_EQ(read("a.csv", "\xef\xbb\xbftext\na\n"), Texts{"a"});
}

TEST_F(Documents, ParquetIsRefusedWithTheCommandThatConvertsIt) {
  const std::string message = error("a.parquet", std::string("PAR1\x15\0", 6));
  expect_contains(message, "a.parquet: Parquet is not read; convert it with `python3 -c 'import");
  expect_contains(message, "to_json(");
}

TEST_F(Documents, KindsOfFiles) {
  const auto kind = [&](const std::string& content) {
    write_file(folder_ / "a", content);
    return open_text(folder_ / "a").kind;
  };
  EXPECT_EQ(kind(""), SourceKind::empty);
  EXPECT_EQ(kind(gzip("")), SourceKind::empty);
  EXPECT_EQ(kind("\xef\xbb\xbf"), SourceKind::empty);
  EXPECT_EQ(kind("\xff\xfe"), SourceKind::empty);
  EXPECT_EQ(kind(std::string("a\0b", 3)), SourceKind::binary);
  EXPECT_EQ(kind(gzip(std::string("a\0b", 3))), SourceKind::binary);
  EXPECT_EQ(kind(std::string("a\0b\0c\0d\0", 8)), SourceKind::utf16);
  EXPECT_EQ(open_text(folder_ / "none").kind, SourceKind::unreadable);
}

TEST_F(Documents, AStreamGoesOnWhereItWasLeft) {
  std::string lines;
  for (int i = 0; i < 50000; ++i) lines += fmt::format("{{\"text\": \"{}\"}}\n", i);
  write_file(folder_ / "a.jsonl.gz", gzip(lines));
  OpenedText first = open_text(folder_ / "a.jsonl.gz");
  const auto reader = read_documents(*first.text, "a", {.format = TextFormat::json_lines});
  DocumentPart part;
  for (int i = 0; i <= 40000; ++i) ASSERT_TRUE(reader->next(part));
  EXPECT_EQ(part.place.line, 40001u);
  OpenedText second = open_text(folder_ / "a.jsonl.gz");
  ASSERT_TRUE(second.text->skip_to(part.place.position));
  EXPECT_EQ(place_ahead(*second.text), part.place);
  EXPECT_TRUE(second.text->ahead().starts_with("{\"text\": \"40000\"}"));
  EXPECT_FALSE(second.text->skip_to(1 << 30));
}

}  // namespace
}  // namespace tessera
