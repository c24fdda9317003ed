// docs/adding-an-op.md shows real files; what it shows is what they hold.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/places.h"

namespace tessera {
namespace {

std::string read(const std::string& path) {
  std::ifstream file(source_dir() + "/" + path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

TEST(Documentation, AddingAnOpShowsTheFilesAsTheyAre) {
  const std::string page = read("docs/adding-an-op.md");
  const std::string mark = "<!-- file: ";  // precedes a block that is a part of this file
  int blocks = 0;
  for (size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const size_t name = at + mark.size();
    const std::string path = page.substr(name, page.find(" -->", name) - name);
    const size_t fence = page.find("```", name), begin = page.find('\n', fence) + 1;
    const std::string block = page.substr(begin, page.find("```", begin) - begin);
    EXPECT_NE(read(path).find(block), std::string::npos) << path << " does not hold\n" << block;
    ++blocks;
  }
  EXPECT_GE(blocks, 4);
}

}  // namespace
}  // namespace tessera
