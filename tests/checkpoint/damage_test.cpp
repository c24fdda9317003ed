// Damage of every kind is found, named by file, and survived: the previous good checkpoint is found
// instead.
#include "framework/formats/checksum.h"
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

/// Two checkpoints; the newer one is damaged by `damage` and must be refused, naming `file`, with
/// the older one found.
class Damage : public ::testing::Test {
 protected:
  void SetUp() override {
    older_ = save_sample(folder_.path, 1000);
    newer_ = save_sample(folder_.path, 2000);
  }

  void expect_fallback(const std::string& file, const std::string& because = "") {
    const std::string message = user_error_of([&] { CheckpointReader(newer_).verify(); });
    EXPECT_NE(message.find((newer_ / file).string()), std::string::npos) << message;
    EXPECT_NE(message.find(because), std::string::npos) << message;
    std::vector<std::string> report;
    EXPECT_EQ(latest_good_checkpoint(folder_.path, report), older_);
    ASSERT_EQ(report.size(), 1u);
    EXPECT_NE(report[0].find(file), std::string::npos) << report[0];
  }

  TemporaryFolder folder_;
  fs::path older_, newer_;
};

TEST_F(Damage, NoneToBeginWith) {
  std::vector<std::string> report;
  EXPECT_EQ(latest_good_checkpoint(folder_.path, report), newer_);
  EXPECT_TRUE(report.empty());
}

TEST_F(Damage, AnyFlippedBit) {
  for (const std::string& file : names_in(newer_)) {
    const std::string good = read_file(newer_ / file);
    ASSERT_FALSE(good.empty());
    for (size_t at = 0; at < good.size(); ++at) {
      write_byte(newer_ / file, at, static_cast<char>(good[at] ^ (1 << (at * 5 % 8))));
      const std::string message = user_error_of([&] { CheckpointReader(newer_).verify(); });
      ASSERT_NE(message.find((newer_ / file).string()), std::string::npos) << at << ": " << message;
      if (at % 97 == 0) expect_fallback(file);
      write_byte(newer_ / file, at, good[at]);
    }
  }
  EXPECT_NO_THROW(CheckpointReader(newer_).verify());
}

TEST_F(Damage, OfAHeaderIsSaidToBeOfTheHeader) {
  const fs::path part = newer_ / "part-00000.safetensors";
  const std::string good = read_file(part);
  uint64_t length = 0;
  std::memcpy(&length, good.data(), sizeof length);
  for (size_t at = 0; at < sizeof length + length; ++at) {
    write_byte(part, at, static_cast<char>(good[at] ^ 4));
    EXPECT_EQ(user_error_of([&] { CheckpointReader(newer_).verify(); }),
              part.string() + " is damaged: the checksum of its header does not match");
    write_byte(part, at, good[at]);
  }
}

TEST_F(Damage, ZeroBytesAtTheEnd) {
  for (const std::string& file : names_in(newer_)) {
    const std::string good = read_file(newer_ / file);
    write_file(newer_ / file, good + std::string(3, '\0'));
    expect_fallback(file);
    write_file(newer_ / file, good);
  }
  // The manifest is sealed again, as if by the one who appended to it.
  std::string rest = read_file(newer_ / "manifest.json");
  rest.erase(0, rest.find('\n') + 1);
  write_file(newer_ / "manifest.json", seal(rest + '\0'));
  expect_fallback("manifest.json", "zero bytes");
}

TEST_F(Damage, FlippedBitIsFoundByReadingToo) {
  const fs::path part = newer_ / "part-00000.safetensors";
  std::string bytes = read_file(part);
  const auto state = sample_state(2000);
  const SampleTensor& tensor = state[1];
  const std::string data(reinterpret_cast<const char*>(tensor.bytes.data()), tensor.bytes.size());
  const size_t at = bytes.find(data);
  ASSERT_NE(at, std::string::npos);
  bytes[at + 100] = static_cast<char>(bytes[at + 100] ^ 1);
  write_file(part, bytes);
  CheckpointReader reader(newer_);
  const Box row{{{0, 1}, {0, 6}}};  // not the damaged row: the part is refused as a whole
  EXPECT_NE(user_error_of([&] { read_box(reader, tensor.name, row); }).find("checksum"),
            std::string::npos);
  EXPECT_EQ(read_box(reader, "counts", Box::whole({17})), state[5].bytes);
}

TEST_F(Damage, AnyTruncation) {
  for (const std::string& file : names_in(newer_)) {
    const std::string good = read_file(newer_ / file);
    for (size_t size = 0; size < good.size(); size += 1 + good.size() / 50) {
      write_file(newer_ / file, good.substr(0, size));
      expect_fallback(file);
    }
    write_file(newer_ / file, good + "x");
    expect_fallback(file);
    write_file(newer_ / file, good);
  }
}

TEST_F(Damage, MissingFile) {
  for (const std::string& file : names_in(newer_)) {
    fs::rename(newer_ / file, folder_.path / "away");
    expect_fallback(file, "cannot open");
    fs::rename(folder_.path / "away", newer_ / file);
  }
}

TEST_F(Damage, EmptyDirectoryOrFileInPlaceOfACheckpoint) {
  fs::remove_all(newer_);
  fs::create_directory(newer_);
  expect_fallback("manifest.json", "No such file");
  fs::remove(newer_);
  write_file(newer_, "not a directory");
  expect_fallback("manifest.json");
}

/// Manifests that are whole and sealed, but say what is not so.
class Manifests : public Damage {
 protected:
  void replace(const std::string& from, const std::string& to) {
    const fs::path path = newer_ / "manifest.json";
    std::string rest = read_file(path);
    rest.erase(0, rest.find('\n') + 1);
    const size_t at = rest.find(from);
    ASSERT_NE(at, std::string::npos) << rest;
    rest.replace(at, from.size(), to);
    write_file(path, seal(rest));
  }
};

TEST_F(Manifests, OfAnotherVersion) {
  replace("\"version\":1", "\"version\":2");
  expect_fallback("manifest.json", "checkpoint format 2; this Tessera reads format 1");
}

TEST_F(Manifests, OfAnotherFormat) {
  replace("tessera-checkpoint", "tessera-checkpoinx");
  expect_fallback("manifest.json", "not the manifest of a checkpoint");
}

TEST_F(Manifests, PointingOutside) {
  replace("\"part-00000.safetensors\"", "\"../step-00001000/part-00000.safetensors\"");
  expect_fallback("manifest.json", "is not the name of a file");
}

TEST_F(Manifests, PartOfAFileThatIsNotListed) {
  replace("{\"box\":[[0,13],[0,6]],\"file\":\"part-00000",
          "{\"box\":[[0,13],[0,6]],\"file\":\"part-00007");
  expect_fallback("manifest.json", "not listed");
}

TEST_F(Manifests, PartsWithAHole) {
  replace("[[0,13],[0,6]]", "[[0,12],[0,6]]");
  expect_fallback("manifest.json", "72 of 78 elements");
}

TEST_F(Manifests, PartsThatOverlap) {
  const std::string part =
      R"({"box":[[0,9],[0,6]],"file":"part-00000.safetensors","xxh3":"0123456789abcdef"},)";
  replace("{\"box\":[[0,13]", part + "{\"box\":[[0,13]");
  expect_fallback("manifest.json", "overlap");
}

TEST_F(Manifests, BoxOutsideItsTensor) {
  replace("[[0,13],[0,6]]", "[[0,14],[0,6]]");
  expect_fallback("manifest.json", "leaves the shape");
}

TEST_F(Manifests, OtherTypeThanThePart) {
  replace("\"dtype\":\"f32\",\"name\":\"embed.weight\"",
          "\"dtype\":\"i32\",\"name\":\"embed.weight\"");
  expect_fallback("part-00000.safetensors", "the manifest says");
}

TEST_F(Manifests, UnknownType) {
  replace("\"dtype\":\"f32\"", "\"dtype\":\"f31\"");
  expect_fallback("manifest.json", "f31");
}

TEST_F(Manifests, TensorListedTwice) {
  replace("\"name\":\"flags\"", "\"name\":\"counts\"");
  expect_fallback("manifest.json", "listed twice");
}

TEST_F(Manifests, TensorThatThePartLacks) {
  replace("\"name\":\"flags\"", "\"name\":\"flagz\"");
  expect_fallback("part-00000.safetensors", "no tensor 'flagz'");
}

TEST_F(Manifests, OverflowingShape) {
  replace("\"shape\":[13,6]", "\"shape\":[4611686018427387904,6]");
  expect_fallback("manifest.json", "too large");
}

TEST_F(Manifests, WithoutItsTexts) {
  replace("\"file\":\"run.json\"", "\"file\":\"fun.json\"");
  expect_fallback("fun.json");
}

}  // namespace
}  // namespace tessera::testing
