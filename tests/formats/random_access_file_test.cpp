#include "framework/formats/random_access_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>
#include <string>
#include <vector>

#include "framework/core/error.h"
#include "framework/core/threads.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

/// Sets how many threads there are, and sets it back.
class Threads {
 public:
  explicit Threads(int count) : before_(thread_count()) { set_thread_count(count); }
  ~Threads() { set_thread_count(before_); }
  Threads(const Threads&) = delete;
  Threads& operator=(const Threads&) = delete;

 private:
  int before_;
};

class RandomAccess : public testing::Test {
 protected:
  /// A file of 3 bytes and then the numbers 0, 1, 2, ….
  RandomAccess() {
    std::iota(numbers_.begin(), numbers_.end(), 0.0f);
    std::ofstream out(path_, std::ios::binary);
    out.write("abc", 3);
    out.write(reinterpret_cast<const char*>(numbers_.data()),
              static_cast<std::streamsize>(numbers_.size() * sizeof(float)));
  }

  TemporaryFolder folder_;
  const std::filesystem::path path_ = folder_.path() / "numbers";
  std::vector<float> numbers_ = std::vector<float>(5'000'001);
};

TEST_F(RandomAccess, LargeRangesAreReadByAllThreads) {
  for (int threads : {1, 2, 5}) {
    const Threads team(threads);
    const RandomAccessFile file(path_);
    std::vector<float> read(numbers_.size());
    file.read_floats(3, StoredType::f32, 0, read);
    EXPECT_EQ(read, numbers_);
    read.resize(2'500'000);
    file.read_floats(3, StoredType::f32, 77, read);
    EXPECT_EQ(read, std::vector<float>(numbers_.begin() + 77, numbers_.begin() + 2'500'077));
  }
}

TEST_F(RandomAccess, AFileThatWasCutIsAnErrorOfTheReader) {
  const Threads team(3);
  const RandomAccessFile file(path_);
  std::filesystem::resize_file(path_, 11'000'000);
  std::vector<float> read(numbers_.size());
  try {
    file.read_floats(3, StoredType::f32, 0, read);
    FAIL() << "nothing was thrown";
  } catch (const UserError& e) {
    const std::string text = e.what();
    EXPECT_NE(text.find("numbers ends at byte"), std::string::npos) << text;
    EXPECT_NE(text.find("before its tensors do"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace tessera
