// What tests of texts and files share: a temporary folder, files in it, text made of random words,
// and the messages of errors.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>

#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera {

namespace fs = std::filesystem;

/// A new folder, removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string name = (fs::temp_directory_path() / "tessera-data-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path_ = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const fs::path& path() const { return path_; }
  fs::path operator/(const std::string& name) const { return path_ / name; }

 private:
  fs::path path_;
};

inline void write_file(const fs::path& path, const std::string& text) {
  if (path.has_parent_path()) fs::create_directories(path.parent_path());
  fs::remove(path);  // writing over a file can wait for the disk
  std::ofstream(path, std::ios::binary) << text;
}

inline std::string read_file(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// `bytes` or a little more of words, sentences and lines.
inline std::string random_text(uint64_t seed, size_t bytes) {
  const Random random(seed, "test.text");
  std::string text;
  for (uint64_t word = 0; text.size() < bytes; ++word) {
    const auto draw = random.block(0, word);
    for (uint32_t i = 0; i < 1 + draw[0] % 7; ++i)
      text += static_cast<char>('a' + random.below(6, 1 + word, i));
    text += draw[1] % 8 == 0 ? ".\n" : draw[1] % 8 == 1 ? ". " : " ";
  }
  return text;
}

/// The message of the UserError that `action` throws; the test fails when it throws none.
inline std::string error_of(const std::function<void()>& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UserError";
  return {};
}

inline void expect_contains(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

}  // namespace tessera
