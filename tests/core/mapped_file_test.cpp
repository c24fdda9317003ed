#include "framework/core/mapped_file.h"

#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::string text_of(const MappedFile& file) {
  return {reinterpret_cast<const char*>(file.bytes().data()), file.bytes().size()};
}

TEST(MappedFile, ShowsTheBytesAndSurvivesAMove) {
  const fs::path path = fs::path(testing::TempDir()) / "tessera_mapped";
  std::ofstream(path) << "some bytes";
  MappedFile file(path);
  EXPECT_EQ(text_of(file), "some bytes");
  EXPECT_EQ(file.path(), path);
  file.release(file.bytes());
  EXPECT_EQ(text_of(file), "some bytes");
  MappedFile moved(std::move(file));
  EXPECT_EQ(text_of(moved), "some bytes");
  fs::remove(path);  // the mapping keeps the file alive
  EXPECT_EQ(text_of(moved), "some bytes");
}

TEST(MappedFile, AnEmptyFileHasNoBytes) {
  const fs::path path = fs::path(testing::TempDir()) / "tessera_mapped_empty";
  std::ofstream{path};
  EXPECT_TRUE(MappedFile(path).bytes().empty());
  fs::remove(path);
}

TEST(MappedFile, RefusesWhatIsNoFile) {
  EXPECT_THROW(MappedFile("/nowhere/at/all"), UserError);
  EXPECT_THROW(MappedFile(testing::TempDir()), UserError);
}

}  // namespace
}  // namespace tessera
