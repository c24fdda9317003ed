// GGUF: what the reference's writer makes, and what is refused.
#include "framework/formats/gguf_file.h"

#include <chrono>

#include "framework/formats/gguf_writer.h"
#include "tests/formats/gguf_bytes.h"
#include "tests/formats/golden.h"

namespace tessera {
namespace {

std::string refusal(const std::string& bytes) {
  TemporaryFolder folder;
  write_file(folder / "x.gguf", bytes);
  const std::string message = error_of([&] { const GgufFile file(folder / "x.gguf"); });
  EXPECT_EQ(message.find((folder / "x.gguf").string()), 0u) << message;
  return message;
}

TEST(GgufFile, EveryTypeOfTensor) {
  const GgufFile file(golden_path("types.gguf"));
  EXPECT_EQ(expect_golden(file, "gguf"), 11);
  EXPECT_EQ(file.tensor("Q4_1").type, StoredType::q4_1);
  EXPECT_EQ(file.tensor("float16").shape, (Shape{3, 5, 1}));
  EXPECT_EQ(file.names().size(), 12u);
  EXPECT_TRUE(file.contains("Q6_K"));
  expect_contains(error_of([&] { file.tensor("Q6_K"); }),
                  "tensor 'Q6_K' is of ggml's type Q6_K, which Tessera does not read: convert");
  expect_contains(error_of([&] { file.tensor("none"); }), "has no tensor 'none'");
}

TEST(GgufFile, EveryTypeOfValue) {
  const GgufFile file(golden_path("types.gguf"));
  const GgufMetadata& keys = file.metadata();
  EXPECT_EQ(keys.text("general.architecture"), "llama");
  EXPECT_EQ(keys.keys().front(), "general.architecture");
  EXPECT_EQ(keys.integer("a.u8"), 200);
  EXPECT_EQ(keys.integer("a.i8"), -100);
  EXPECT_EQ(keys.integer("a.u16"), 60000);
  EXPECT_EQ(keys.integer("a.i16"), -30000);
  EXPECT_EQ(keys.integer("a.u32"), 4000000000);
  EXPECT_EQ(keys.integer("a.i32"), -2000000000);
  EXPECT_EQ(keys.integer("a.i64"), -(int64_t{1} << 62));
  EXPECT_EQ(keys.real("a.f32"), static_cast<double>(0.1f));
  EXPECT_EQ(keys.real("a.f64"), 0.1);
  EXPECT_EQ(keys.real("a.i8"), -100.0);
  EXPECT_TRUE(keys.flag("a.flag"));
  EXPECT_EQ(keys.text("a.text"), "zwölf 🦙");
  EXPECT_EQ(keys.texts("a.texts"), (std::vector<std::string>{"", "one", "zwei\n"}));
  EXPECT_EQ(keys.integers("a.i32s"), (std::vector<int64_t>{1, -2, 3}));
  EXPECT_EQ(keys.reals("a.f32s"), (std::vector<double>{0.5, -1.25}));
  EXPECT_EQ(keys.reals("a.i32s"), (std::vector<double>{1, -2, 3}));
  EXPECT_EQ(keys.integers("a.flags"), (std::vector<int64_t>{1, 0}));
  EXPECT_EQ(keys.type("a.texts"), "list of text");
  EXPECT_FALSE(keys.has("b"));
  expect_contains(error_of([&] { keys.integer("a.u64"); }), "is beyond 2^63");
  expect_contains(error_of([&] { keys.integer("b"); }), "has no key 'b'");
  expect_contains(error_of([&] { keys.type("b"); }), "has no key 'b'");
  expect_contains(error_of([&] { keys.integer("a.text"); }), "'a.text' is a text, not an integer");
  expect_contains(error_of([&] { keys.integer("a.f32"); }), "is a f32, not an integer");
  expect_contains(error_of([&] { keys.real("a.flag"); }), "is a flag, not a number");
  expect_contains(error_of([&] { keys.flag("a.u8"); }), "is a u8, not a flag");
  expect_contains(error_of([&] { keys.text("a.texts"); }), "is a list of text, not a text");
  expect_contains(error_of([&] { keys.texts("a.i32s"); }), "list of i32, not a list of texts");
  expect_contains(error_of([&] { keys.integers("a.f32s"); }), "not a list of integers");
  expect_contains(error_of([&] { keys.reals("a.texts"); }), "not a list of numbers");
}

TEST(GgufFile, RefusesDamagedFiles) {
  const std::string good = GgufBytes{}.tensor("t", {4}, 0, 0).file() + std::string(16, '\0');
  expect_contains(refusal(""), "does not begin with 'GGUF'");
  expect_contains(refusal("ggml" + good), "does not begin with 'GGUF'");
  expect_contains(refusal(good.substr(0, 6)), "ends too early");
  expect_contains(refusal(good.substr(0, 40)), "ends too early");
  expect_contains(refusal(good.substr(0, good.size() - 1)), "the file is truncated");
  expect_contains(refusal(GgufBytes{.version = 1}.file()), "is GGUF version 1; Tessera reads 2");
  expect_contains(refusal(GgufBytes{.version = 3 << 24}.file()), "is big-endian");
  GgufBytes many;
  many.key_count = uint64_t{1} << 60;
  expect_contains(refusal(many.file()), "ends too early");
  many = {};
  many.tensor_count = ~uint64_t{0};
  expect_contains(refusal(many.file()), "ends too early");
}

TEST(GgufFile, RefusesWrongKeys) {
  const auto key = [](uint32_t type, const std::string& value) {
    return refusal(GgufBytes{}.key("k", type, value).file());
  };
  expect_contains(key(13, ""), "key 'k' has type 13, which GGUF does not know");
  expect_contains(key(9, little(9u) + little(uint64_t{0})), "is a list of lists");
  expect_contains(key(9, little(4u) + little(uint64_t{1} << 62)), "values of 4 bytes, the file");
  expect_contains(key(9, little(8u) + little(uint64_t{1} << 62)), "ends too early");
  expect_contains(key(8, little(~uint64_t{0})), "ends too early");
  expect_contains(refusal(GgufBytes{}.key("k", 0, "1").key("k", 0, "1").file()),
                  "key 'k' is given twice");
  expect_contains(refusal(GgufBytes{}.key(std::string(65536, 'k'), 0, "1").file()),
                  "a key of 65536 bytes");
  expect_contains(refusal(GgufBytes{}.key("split.count", 2, little(uint16_t{3})).file()),
                  "is one of 3 parts, which are not read: join them");
  const auto alignment = [](uint32_t number) {
    return refusal(GgufBytes{}.key("general.alignment", 4, little(number)).file());
  };
  expect_contains(alignment(0), "is 0, not a power of two");
  expect_contains(alignment(48), "is 48, not a power of two");
}

TEST(GgufFile, RefusesWrongTensors) {
  const auto tensor = [](std::initializer_list<uint64_t> dims, uint32_t type, uint64_t offset) {
    return refusal(GgufBytes{.data = std::string(64, '\0')}.tensor("t", dims, type, offset).file());
  };
  expect_contains(tensor({4}, 0, 1), "which is no multiple of 32");
  expect_contains(tensor({4}, 0, 64), "16 bytes at byte 64 of the data, which has 64");
  expect_contains(tensor({4}, 0, uint64_t{1} << 63), "which is no multiple of 32");
  expect_contains(tensor({1, 1, 1, 1, 1, 1, 1, 1, 1}, 0, 0), "has 9 dims");
  expect_contains(tensor({uint64_t{1} << 63}, 0, 0), "a dim of 9223372036854775808 is too large");
  expect_contains(tensor({1u << 31, 1u << 31, 4}, 0, 0), "is too large");
  expect_contains(tensor({33}, 8, 0), "do not divide into the blocks of 32 that q8_0 has");
  expect_contains(refusal(GgufBytes{.data = std::string(64, '\0')}
                              .tensor("t", {1}, 0, 0)
                              .tensor("t", {1}, 0, 32)
                              .file()),
                  "tensor 't' is given twice");
}

TEST(GgufFile, OtherAlignmentAndVersion) {
  TemporaryFolder folder;
  GgufBytes bytes{.version = 2, .data = std::string(136, '\0')};
  bytes.key("general.alignment", 4, little(128u)).tensor("t", {2}, 0, 128);
  bytes.tensor("later", {1}, 99, 0);
  bytes.data.replace(128, 8, little(1.5f) + little(-2.0f));
  write_file(folder / "x", bytes.file(128));
  const GgufFile file(folder / "x");
  EXPECT_EQ(file.alignment(), 128);
  EXPECT_EQ(all_of(file, "t"), (std::vector<float>{1.5f, -2.0f}));
  expect_contains(error_of([&] { file.tensor("later"); }), "ggml's type number 99");
  GgufBytes wrong;
  write_file(folder / "y", wrong.key("k", 7, "\2").file());
  const GgufFile flag(folder / "y");
  expect_contains(error_of([&] { flag.metadata().flag("k"); }), "a flag is 0 or 1, not 2");
}

TEST(GgufFile, ListsOfManyTextsAreQuick) {
  TemporaryFolder folder;
  std::vector<std::string> tokens;
  for (int i = 0; i < 250'000; ++i) tokens.push_back("token " + std::to_string(i));
  GgufWriter writer;
  writer.add_texts("tokens", tokens);
  writer.create(folder / "x");
  writer.finish();
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(GgufFile(folder / "x").metadata().texts("tokens"), tokens);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(5));
}

}  // namespace
}  // namespace tessera
