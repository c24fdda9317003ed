// A page that walks through files shows them as they are: a block behind <!-- file: PATH --> is a
// part of that file.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/places.h"

namespace tessera {

inline std::string read_source(const std::string& path) {
  std::ifstream file(source_dir() + "/" + path);
  EXPECT_TRUE(file.good()) << path;
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// Fails for every block that its file does not hold; returns the number of blocks.
inline int check_shown_files(const std::string& page_path) {
  const std::string page = read_source(page_path), mark = "<!-- file: ";
  int blocks = 0;
  for (size_t at = page.find(mark); at != std::string::npos; at = page.find(mark, at + 1)) {
    const size_t name = at + mark.size();
    const std::string path = page.substr(name, page.find(" -->", name) - name);
    const size_t fence = page.find("```", name), begin = page.find('\n', fence) + 1;
    const std::string block = page.substr(begin, page.find("```", begin) - begin);
    EXPECT_NE(read_source(path).find(block), std::string::npos) << path << " does not hold\n"
                                                                << block;
    ++blocks;
  }
  return blocks;
}

}  // namespace tessera
