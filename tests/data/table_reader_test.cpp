// Rows of TSV, CSV and JSON lines by column, and what is said of those that cannot be read.
#include "framework/data/table_reader.h"

#include <gtest/gtest.h>

#include "tests/data/compressed.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

using Rows = std::vector<std::vector<std::string>>;

class Tables : public ::testing::Test {
 protected:
  TemporaryFolder folder_;

  std::filesystem::path file(const std::string& name, const std::string& text) const {
    write_file(folder_ / name, text);
    return folder_ / name;
  }
  Rows rows(const std::filesystem::path& path, const std::vector<std::string>& columns) const {
    TableReader table(path);
    table.select(columns);
    Rows out;
    for (std::vector<std::string> fields; table.next(fields);) out.push_back(fields);
    return out;
  }
  std::string error(const std::string& name, const std::string& text,
                    const std::vector<std::string>& columns = {"text"}) const {
    return error_of([&] { rows(file(name, text), columns); });
  }
};

TEST_F(Tables, GivesTheColumnsThatAreSelected) {
  const Rows wanted{{"b", "1"}, {"d\te", "2"}};
  EXPECT_EQ(rows(file("a.tsv", "label\tx\ttext\n1\t-\tb\n\n2\t-\t\"d\te\"\n"), {"text", "label"}),
            wanted);
  EXPECT_EQ(rows(file("a.csv", "\nlabel,text\r\n1,b\r\n2,d\te"), {"text", "label"}), wanted);
  EXPECT_EQ(rows(file("a.jsonl",
                      " \n{\"text\": \"b\", \"label\": 1}\n"
                      "{\"label\": \"2\", \"text\": \"d\\te\", \"more\": []}\n"),
                 {"text", "label"}),
            wanted);
  EXPECT_EQ(rows(file("b.jsonl", "{\"text\": \"b\", \"label\": true}"), {"label"}),
            (Rows{{"true"}}));
}

TEST_F(Tables, KnowsTheNamesOfItsColumns) {
  EXPECT_EQ(TableReader(file("a.csv", "\"a,b\",c\n")).columns(),
            (std::vector<std::string>{"a,b", "c"}));
  EXPECT_EQ(TableReader(file("a.jsonl", "{\"z\": 1, \"a\": 2}\n")).columns(),
            (std::vector<std::string>{"z", "a"}));
  const std::string wide(100'000, 'w');
  EXPECT_EQ(TableReader(file("b.tsv", wide + "\ttext\n1\t2\n")).columns().back(), "text");
}

TEST_F(Tables, SaysWhatItCannotRead) {
  const auto expect = [](const std::string& error, const std::string& part) {
    EXPECT_NE(error.find(part), std::string::npos) << error;
  };
  expect(error("a.tsv", "a\tb\n1\t2\n"), "a.tsv: there is no column 'text'; there are: a, b");
  expect(error("a.tsv", std::string(99, 'k') + "\u00e9\tb\n1\t2\n"),
         "there are: " + std::string(99, 'k') + ", b");
  expect(error("a.tsv", "text\ttext\n1\t2\n"), "there are several columns 'text'");
  expect(error("a.tsv", "text\tlabel\n1\t2\n3\n"), "a.tsv, line 3: has 1 fields, and the header 2");
  expect(error("a.csv", "text\n\"open\n"), "a.csv, line 2: a quote is never closed");
  expect(error("a.txt", "text\n"), "its name says no format; call it .tsv, .csv or .jsonl");
  expect(error("a.tsv", ""), "a.tsv: is empty");
  expect(error("a.jsonl", "[1]\n"), "a.jsonl, line 1");
  expect(error("a.jsonl", "{\"text\": \"a\"}\n{\"b\": 1}\n"),
         "a.jsonl, line 2: has no \"text\"; it has: b");
  expect(error("a.jsonl", "{\"text\": null}\n"), "\"text\" is null; write a text there");
  expect(error("a.jsonl", "{\"text\": [1]}\n"), "\"text\" is an array; write a text there");
  expect(error("a.tsv", std::string(3 << 20, 'x')), "the header is longer than 1024 KiB");
  expect(error_of([&] { TableReader(folder_ / "none.tsv"); }), "No such file");
}

}  // namespace
}  // namespace tessera
