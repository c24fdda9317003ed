// The safetensors file itself: what the writer makes, what the reader takes from others, and what
// it refuses.
#include <cstring>

#include "framework/formats/safetensors_reader.h"
#include "framework/formats/safetensors_writer.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

/// A file with this header and that many bytes of data, all zero.
std::string file_of(const std::string& json, size_t data = 0) {
  const uint64_t length = json.size();
  std::string file(8, '\0');
  std::memcpy(file.data(), &length, 8);
  return file + json + std::string(data, '\0');
}

std::string refusal(const std::string& bytes) {
  return error_of(
      [&] { parse_safetensors_header(std::as_bytes(std::span(bytes)), "some.safetensors"); });
}

void expect_refused(const std::string& bytes, const std::string& because) {
  const std::string message = refusal(bytes);
  EXPECT_NE(message.find(because), std::string::npos) << message;
  EXPECT_EQ(message.find("some.safetensors"), 0u) << message;
}

struct SampleTensor {
  std::string name;
  TensorType type;
  std::vector<std::byte> bytes;
};

/// Tensors of every dtype, an odd shape, a scalar and an empty tensor.
std::vector<SampleTensor> sample_state() {
  const std::vector<std::pair<std::string, TensorType>> types{
      {"flags", {DType::boolean, {3}}},
      {"embed.weight", {DType::f32, {13, 6}}},
      {"embed.half", {DType::bf16, {5, 3, 7}}},
      {"stats", {DType::f64, {2, 1}}},
      {"step", {DType::i64, {}}},
      {"counts", {DType::i32, {17}}},
      {"nothing", {DType::f32, {0, 4}}}};
  const Random random(1, "test.safetensors");
  std::vector<SampleTensor> state;
  for (const auto& [name, type] : types) {
    SampleTensor tensor{name, type, std::vector<std::byte>(type.bytes())};
    for (size_t i = 0; i < tensor.bytes.size(); ++i)
      tensor.bytes[i] = static_cast<std::byte>(random.below(256, state.size(), i));
    state.push_back(std::move(tensor));
  }
  return state;
}

TEST(Safetensors, StreamsInPiecesAndAnyOrder) {
  TemporaryFolder folder;
  const fs::path path = folder / "a.safetensors";
  const auto state = sample_state();
  SafetensorsWriter writer(std::map<std::string, std::string>{{"format", "pt"}});
  for (const SampleTensor& tensor : state) writer.declare(tensor.name, tensor.type);
  const int64_t bytes = writer.file_bytes();
  writer.create(path);
  for (size_t i = state.size(); i-- > 0;) {
    const std::span<const std::byte> all = state[i].bytes;
    writer.write(state[i].name, all.first(all.size() / 3));
    writer.write(state[i].name, all.subspan(all.size() / 3));
  }
  writer.finish();
  EXPECT_EQ(static_cast<int64_t>(fs::file_size(path)), bytes);
  const SafetensorsReader reader(path);
  EXPECT_EQ(reader.metadata().at("format"), "pt");
  EXPECT_EQ(reader.tensors().size(), state.size());
  for (const SampleTensor& tensor : state) {
    EXPECT_EQ(reader.type(tensor.name), tensor.type);
    const auto view = reader.bytes(tensor.name);
    EXPECT_EQ(std::vector(view.begin(), view.end()), tensor.bytes);
    EXPECT_EQ(reinterpret_cast<uintptr_t>(view.data()) % size_of(tensor.type.dtype), 0u);
    std::vector<std::byte> copy(tensor.bytes.size());
    reader.read(tensor.name, copy.data());
    EXPECT_EQ(copy, tensor.bytes);
  }
  EXPECT_FALSE(reader.contains("absent"));
  EXPECT_NE(error_of([&] { reader.bytes("absent"); }).find("a.safetensors has no tensor"),
            std::string::npos);
}

TEST(Safetensors, ReadsTheExampleOfTheFormat) {
  const std::string bytes = file_of(
      R"({"b":{"dtype":"F16","shape":[1,2],"data_offsets":[8,12]},)"
      R"("__metadata__":{"by":"hand"},"a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32"}}   )",
      12);
  TemporaryFolder folder;
  write_file(folder / "x", bytes);
  const SafetensorsReader reader(folder / "x");
  EXPECT_EQ(reader.tensors()[0].name, "a");
  EXPECT_EQ(reader.type("a"), (TensorType{DType::f32, {2}}));
  EXPECT_EQ(reader.metadata().at("by"), "hand");
  EXPECT_NE(error_of([&] { reader.bytes("b"); }).find("is F16, which Tessera does not read"),
            std::string::npos);
}

TEST(Safetensors, EmptyFileOfNoTensors) {
  TemporaryFolder folder;
  SafetensorsWriter writer;
  writer.create(folder / "x");
  writer.finish();
  EXPECT_TRUE(SafetensorsReader(folder / "x").tensors().empty());
}

TEST(Safetensors, RefusesWhatTheFormatForbids) {
  const std::string a = R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]})";
  expect_refused("", "too few");
  expect_refused("1234567", "too few");
  expect_refused(std::string("\xff\xff\xff\xff\xff\xff\xff\xff{}", 10), "header of");
  expect_refused(file_of("{}").substr(0, 9), "truncated");
  expect_refused(file_of(" {}"), "begin with");
  expect_refused(file_of("{"), "not JSON");
  expect_refused(file_of("{\"a\xff\":1}"), "not JSON");
  expect_refused(file_of("{" + a + "," + a + "}", 8), "given twice");
  expect_refused(file_of("{" + a + "}", 7), "truncated");
  expect_refused(file_of("{" + a + "}", 9), "its data has 9");
  expect_refused(file_of(R"({"a":[]})"), "expected");
  expect_refused(file_of(R"({"a":{"shape":[],"data_offsets":[0,4]}})", 4), "\"dtype\" is missing");
  expect_refused(file_of(R"({"a":{"dtype":"F33","shape":[],"data_offsets":[0,4]}})", 4), "'F33'");
  expect_refused(file_of(R"({"a":{"dtype":4,"shape":[],"data_offsets":[0,4]}})", 4), "a text");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":2,"data_offsets":[0,8]}})", 8), "a list");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[2.0],"data_offsets":[0,8]}})", 8),
                 "an integer");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}})", 8), "range");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}})", 8), "begin");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}})", 8),
                 "8 bytes");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4),
                 "8 bytes");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}})", 12), "hole");
  expect_refused(file_of("{" + a + R"(,"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", 8),
                 "overlap");
  expect_refused(file_of(R"({"a":{"dtype":"F32","shape":[4611686018427387904,4],)"
                         R"("data_offsets":[0,0]}})"),
                 "too large");
  expect_refused(file_of(R"({"a":{"dtype":"BOOL","shape":[18446744073709551615],)"
                         R"("data_offsets":[0,18446744073709551615]}})"),
                 "out of range");
  expect_refused(file_of(R"({"__metadata__":{"a":1}})"), "__metadata__");
  expect_refused(file_of(R"({"__metadata__":[]})"), "__metadata__");
}

TEST(Safetensors, DeepNestingIsAnErrorNotACrash) {
  for (const char* open : {"[", "{\"a\":"}) {
    std::string deep = "{\"a\":";
    for (int i = 0; i < 2'000'000; ++i) deep += open;
    expect_refused(file_of(deep), "nested deeper");
  }
}

TEST(Safetensors, WriterRefuses) {
  TemporaryFolder folder;
  SafetensorsWriter writer;
  writer.declare("a", {DType::f32, {2}});
  EXPECT_NE(error_of([&] {
              writer.declare("a", {DType::f32, {2}});
            }).find("twice"),
            std::string::npos);
  EXPECT_THROW(writer.declare("__metadata__", {DType::f32, {2}}), UserError);
  EXPECT_THROW(writer.declare("huge", {DType::f64, {int64_t{1} << 62, 4}}), UserError);
  const fs::path path = folder / "x";
  write_file(path, "precious");
  EXPECT_NE(error_of([&] { writer.create(path); }).find(path.string()), std::string::npos);
  EXPECT_EQ(read_file(path), "precious");
  fs::remove(path);
  writer.create(path);
  EXPECT_THROW(writer.finish(), InternalError);  // a's bytes are missing
  const std::vector<std::byte> nine(9);
  EXPECT_THROW(writer.write("a", nine), InternalError);
  EXPECT_THROW(writer.write("b", {}), InternalError);
  SafetensorsWriter latin;
  latin.declare("caf\xe9", {DType::f32, {}});
  EXPECT_NE(error_of([&] { latin.create(folder / "y"); }).find("UTF-8"), std::string::npos);
}

TEST(Safetensors, OpeningWhatIsNoFile) {
  TemporaryFolder folder;
  EXPECT_NE(error_of([&] { SafetensorsReader reader(folder.path()); }).find("not a regular file"),
            std::string::npos);
  EXPECT_NE(error_of([&] { SafetensorsReader reader(folder / "no"); }).find("No such file"),
            std::string::npos);
}

}  // namespace
}  // namespace tessera
