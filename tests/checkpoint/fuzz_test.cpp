// A fixed number of mutated inputs for every reader of this room: each gives a result or a
// UserError, nothing else.
#include <random>

#include "framework/formats/safetensors_writer.h"
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

constexpr int kInputs = 3000;

class Mutator {
 public:
  std::string operator()(std::string text) {
    for (int n = 1 + pick(4); n > 0; --n) once(text);
    return text;
  }

 private:
  int pick(size_t below) { return static_cast<int>(random_() % below); }

  void once(std::string& text) {
    static const std::vector<std::string> kPieces{"{",
                                                  "}",
                                                  "[",
                                                  "]",
                                                  ",",
                                                  ":",
                                                  "\"",
                                                  "\\u0000",
                                                  "-1",
                                                  "0",
                                                  "9223372036854775807",
                                                  "18446744073709551615",
                                                  "1e999",
                                                  "4611686018427387904",
                                                  "null",
                                                  "true",
                                                  "\"F16\"",
                                                  "\xff",
                                                  "[[[[[[[[",
                                                  "{\"a\":{\"a\":",
                                                  "\"shape\":[",
                                                  "\"data_offsets\":[0,8]",
                                                  "__metadata__",
                                                  " "};
    const auto at = static_cast<size_t>(pick(text.size() + 1));
    const std::string& piece = kPieces[static_cast<size_t>(pick(kPieces.size()))];
    switch (pick(6)) {
      case 0:
        text.insert(at, piece);
        break;
      case 1:
        text.replace(at, piece.size(), piece);
        break;
      case 2:
        text.erase(at, static_cast<size_t>(1 + pick(20)));
        break;
      case 3:
        text.insert(at, text.substr(static_cast<size_t>(pick(text.size() + 1)),
                                    static_cast<size_t>(pick(60))));
        break;
      case 4:
        if (at < text.size()) text[at] = static_cast<char>(text[at] ^ (1 << pick(8)));
        break;
      default:
        if (at < text.size() && text[at] >= '0' && text[at] <= '9')
          text[at] = static_cast<char>('0' + pick(10));
        else
          text.resize(pick(8) == 0 ? at : text.size());
    }
  }

  std::mt19937 random_{7};
};

/// Runs `read`; true when it gave a result. Anything but a result or a UserError fails the test.
template <typename Read>
bool result_of(const Read& read) {
  try {
    read();
    return true;
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()), "");
  } catch (const std::exception& error) {
    ADD_FAILURE() << "not a UserError: " << error.what();
  }
  return false;
}

TEST(Fuzz, SafetensorsHeader) {
  TemporaryFolder folder;
  const std::string file = read_file(save_sample(folder.path, 1) / "part-00000.safetensors");
  uint64_t length = 0;
  std::memcpy(&length, file.data(), 8);
  Mutator mutate;
  int results = 0;
  for (int i = 0; i < kInputs; ++i) {
    std::string bytes = mutate(i % 4 == 0 ? file : file.substr(8, length));
    if (i % 4 != 0) {  // the JSON alone was mutated: the length in front stays right
      length = bytes.size();
      bytes = std::string(reinterpret_cast<const char*>(&length), 8) + bytes;
      std::memcpy(&length, file.data(), 8);
      bytes += file.substr(8 + length);
    }
    write_file(folder.path / "x", bytes);
    results += result_of([&] {
      const SafetensorsReader reader(folder.path / "x");
      for (const SafetensorsEntry& entry : reader.tensors()) {
        EXPECT_LE(entry.end, static_cast<int64_t>(bytes.size()));
        if (!result_of([&] { reader.type(entry.name); })) continue;
        std::vector<std::byte> copy(reader.type(entry.name).bytes());
        reader.read(entry.name, copy.data());
      }
    });
  }
  EXPECT_GT(results, 0);
  EXPECT_LT(results, kInputs);
}

TEST(Fuzz, Manifest) {
  TemporaryFolder folder;
  const fs::path checkpoint = save_sample(folder.path, 1), path = checkpoint / "manifest.json";
  const std::string text = read_file(path);
  const std::string rest = text.substr(text.find('\n') + 1);
  Mutator mutate;
  int results = 0;
  for (int i = 0; i < kInputs; ++i) {
    // Most texts are sealed again behind the mutation, as the checksum would stop all else at the
    // door.
    write_file(path, i % 4 == 0 ? mutate(text) : seal(mutate(rest)));
    results += result_of([&] {
      CheckpointReader reader(checkpoint);
      for (const std::string& name : reader.names()) {
        const TensorType type = reader.type(name);
        if (type.bytes() > 4096) continue;
        std::vector<std::byte> copy(type.bytes());
        reader.read(name, Box::whole(type.shape), copy.data());
      }
      reader.verify();
    });
  }
  EXPECT_GT(results, 0);
  EXPECT_LT(results, kInputs);
}

}  // namespace
}  // namespace tessera::testing
