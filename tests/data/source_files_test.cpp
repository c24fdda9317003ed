// Which files inputs stand for: walks, links, patterns and standard input.
#include "framework/data/source_files.h"

#include <sys/stat.h>
#include <unistd.h>

#include "framework/data/path_pattern.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

class Sources : public testing::Test {
 protected:
  /// The paths below the folder that the inputs in it stand for.
  std::vector<std::string> list(const std::vector<std::string>& inputs, bool hidden = false) {
    std::vector<fs::path> paths;
    for (const std::string& input : inputs) paths.push_back(folder_ / input);
    found_ = list_source_files(paths, {}, hidden);
    std::vector<std::string> names;
    for (const SourceFile& file : found_.files)
      names.push_back(file.path.lexically_relative(folder_.path()).string());
    return names;
  }
  void make(const std::vector<std::string>& names) {
    for (const std::string& name : names) write_file(folder_ / name, name);
  }

  using Names = std::vector<std::string>;
  TemporaryFolder folder_;
  SourceFiles found_;
};

TEST_F(Sources, LinksAreFollowedWithoutLoops) {
  make({"in/b/text", "elsewhere/deep/a", "elsewhere/z"});
  fs::create_directory_symlink("../../elsewhere", folder_ / "in/b/link");
  fs::create_directory_symlink("../in", folder_ / "elsewhere/back");
  fs::create_directory_symlink(".", folder_ / "in/self");
  fs::create_symlink("b/text", folder_ / "in/also");
  EXPECT_EQ(list({"in"}), (Names{"in/also", "in/b/link/deep/a", "in/b/link/z"}));
  EXPECT_EQ(found_.duplicates, 3u);  // back, self and b/text
  EXPECT_EQ(list({"in", "elsewhere"}).size(), 3u);
  EXPECT_TRUE(found_.unreadable.empty());
}

TEST_F(Sources, LinksThatLeadToEachOtherAreUnreadable) {
  make({"in/a"});
  fs::create_symlink("two", folder_ / "in/one");
  fs::create_symlink("one", folder_ / "in/two");
  EXPECT_EQ(list({"in"}), Names{"in/a"});
  EXPECT_EQ(found_.unreadable.size(), 2u);
}

TEST_F(Sources, UnfinishedOutputsAreLeftOut) {
  make({"d/a", "d/b.partial", "d/.c.partial", "d/.out.partial/tokens", "d/x.partial/text"});
  EXPECT_EQ(list({"d"}), Names{"d/a"});
  EXPECT_EQ(found_.unfinished, 2u);
  EXPECT_EQ(found_.hidden, 2u);
  EXPECT_EQ(list({"d"}, true), Names{"d/a"});
  EXPECT_EQ(found_.unfinished, 4u);
  EXPECT_EQ(list({"d/b*"}).size(), 0u);
  EXPECT_EQ(list({"d/b.partial", "d/x.partial"}), (Names{"d/b.partial", "d/x.partial/text"}));
}

TEST_F(Sources, Patterns) {
  make({"d/a.jsonl", "d/b.txt", "d/x/c.jsonl", "d/x/y/e.jsonl", "d/.h/f.jsonl", "d/x/.g.jsonl",
        "other/a.jsonl"});
  EXPECT_EQ(list({"d/*.jsonl"}), Names{"d/a.jsonl"});
  EXPECT_EQ(list({"d/**/*.jsonl"}), (Names{"d/a.jsonl", "d/x/c.jsonl", "d/x/y/e.jsonl"}));
  EXPECT_EQ(list({"**/[ab].*"}), (Names{"d/a.jsonl", "d/b.txt", "other/a.jsonl"}));
  EXPECT_EQ(list({"?/x/*"}), (Names{"d/x/c.jsonl", "d/x/y/e.jsonl"}));  // folders are walked
  EXPECT_EQ(list({"d/**"}).size(), 4u);
  EXPECT_EQ(list({"d/**/*.jsonl"}, true).size(), 5u);
  EXPECT_EQ(list({"d/.h/*"}), Names{"d/.h/f.jsonl"});
  EXPECT_EQ(list({"d/*.jsonl", "d/a.*"}), Names{"d/a.jsonl"});
  EXPECT_EQ(found_.duplicates, 1u);
  expect_contains(error_of([&] { list({"d/**/*.csv"}); }),
                  "d/**/*.csv: nothing matches this pattern");
  make({"d/[1]*"});  // a file of that name
  EXPECT_EQ(list({"d/[1]*"}), Names{"d/[1]*"});
}

TEST_F(Sources, PatternsFollowLinksWithoutLoops) {
  make({"d/x/a.txt"});
  fs::create_directory_symlink("..", folder_ / "d/x/up");
  EXPECT_EQ(list({"d/**/*.txt"}), Names{"d/x/a.txt"});
  EXPECT_EQ(expand_path_pattern(folder_ / "d/**/**/**/*.txt", false).size(), 1u);
}

TEST_F(Sources, PatternsFromTheWorkingFolder) {
  make({"d/a.txt", "b.txt"});
  const fs::path before = fs::current_path();
  fs::current_path(folder_.path());
  EXPECT_EQ(expand_path_pattern("**/*.txt", false), (std::vector<fs::path>{"b.txt", "d/a.txt"}));
  EXPECT_EQ(expand_path_pattern("*.txt", false), std::vector<fs::path>{"b.txt"});
  EXPECT_EQ(list_source_files({"**"}, {}, false).files.size(), 2u);
  fs::current_path(before);
}

TEST_F(Sources, StandardInputCountsOnce) {
  const SourceFiles found = list_source_files({"-", "-"}, {}, false);
  ASSERT_EQ(found.files.size(), 1u);
  EXPECT_EQ(found.files[0].path, "-");
  EXPECT_EQ(found.duplicates, 1u);
}

}  // namespace
}  // namespace tessera
