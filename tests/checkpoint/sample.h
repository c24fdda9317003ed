// A small training state with every dtype, an odd shape, a scalar and an empty tensor, and a
// temporary folder for it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "framework/checkpoint/checkpoint_folder.h"
#include "framework/checkpoint/checkpoint_reader.h"
#include "framework/checkpoint/checkpoint_writer.h"
#include "framework/core/error.h"
#include "framework/core/random.h"

namespace tessera::testing {

namespace fs = std::filesystem;

class TemporaryFolder {
 public:
  /// A folder in memory where the machine has /dev/shm: waiting for a busy disk tests nothing.
  TemporaryFolder()
      : TemporaryFolder(::access("/dev/shm", W_OK) == 0 ? "/dev/shm" : fs::temp_directory_path()) {}
  explicit TemporaryFolder(const fs::path& parent) {
    std::string name = (parent / "tessera-checkpoint-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("mkdtemp");
    path = name;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path, ignored);
  }
  fs::path path;
};

inline std::string read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

inline void write_file(const fs::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
}

/// Changes one byte in place.
inline void write_byte(const fs::path& path, size_t at, char byte) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(at));
  file.put(byte);
}

struct SampleTensor {
  std::string name;
  TensorType type;
  std::vector<std::byte> bytes;

  PartTensor whole() const { return {name, type, Box::whole(type.shape), bytes.data()}; }
};

/// Bytes that depend on name, step and place alone.
inline std::vector<std::byte> sample_bytes(const std::string& name, const TensorType& type,
                                           int64_t step) {
  std::vector<std::byte> bytes(type.bytes());
  uint64_t x = std::hash<std::string>{}(name) ^ static_cast<uint64_t>(step) * 0x9e3779b97f4a7c15u;
  for (std::byte& b : bytes) {
    x = x * 6364136223846793005u + 1442695040888963407u;
    b = static_cast<std::byte>(type.dtype == DType::boolean ? x >> 63 : x >> 56);
  }
  return bytes;
}

inline std::vector<SampleTensor> sample_state(int64_t step) {
  const std::vector<std::pair<std::string, TensorType>> types{
      {"flags", {DType::boolean, {3}}},
      {"embed.weight", {DType::f32, {13, 6}}},
      {"embed.half", {DType::bf16, {5, 3, 7}}},
      {"stats", {DType::f64, {2, 1}}},
      {"step", {DType::i64, {}}},
      {"counts", {DType::i32, {17}}},
      {"nothing", {DType::f32, {0, 4}}}};
  std::vector<SampleTensor> state;
  for (const auto& [name, type] : types)
    state.push_back({name, type, sample_bytes(name, type, step)});
  return state;
}

inline std::vector<PartTensor> whole_parts(const std::vector<SampleTensor>& state) {
  std::vector<PartTensor> parts;
  for (const SampleTensor& tensor : state) parts.push_back(tensor.whole());
  return parts;
}

inline const char* kConfig = "model: gpt\n";
inline const char* kRun = R"({"step": 7, "seed": 1})";

/// A commit by a process that knows nothing of other checkpoints.
inline fs::path commit(CheckpointWriter& writer, std::string_view config, std::string_view run,
                       int keep) {
  CheckpointVerdicts none;
  return writer.commit(config, run, keep, none);
}

inline fs::path save_sample(const fs::path& folder, int64_t step, int keep = 100) {
  const auto state = sample_state(step);
  CheckpointWriter writer(folder, step);
  writer.write(whole_parts(state));
  return commit(writer, kConfig, kRun, keep);
}

/// The bytes of one box, read from a checkpoint.
inline std::vector<std::byte> read_box(CheckpointReader& reader, const std::string& name,
                                       const Box& box) {
  std::vector<std::byte> bytes(static_cast<size_t>(box.numel()) * size_of(reader.type(name).dtype));
  reader.read(name, box, bytes.data());
  return bytes;
}

/// The bytes of one box, cut from the sample itself.
inline std::vector<std::byte> cut(const SampleTensor& tensor, const Box& box) {
  std::vector<std::byte> bytes(static_cast<size_t>(box.numel()) * size_of(tensor.type.dtype));
  if (box.numel() > 0)
    copy_box(box, Box::whole(tensor.type.shape), tensor.bytes.data(), box, bytes.data(),
             size_of(tensor.type.dtype));
  return bytes;
}

inline void expect_sample(const fs::path& checkpoint, int64_t step) {
  CheckpointReader reader(checkpoint);
  EXPECT_EQ(reader.step(), step);
  for (const SampleTensor& tensor : sample_state(step))
    EXPECT_EQ(read_box(reader, tensor.name, Box::whole(tensor.type.shape)), tensor.bytes)
        << tensor.name;
}

/// The message of the UserError that `action` throws; the test fails when it throws none.
template <typename Action>
std::string user_error_of(const Action& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UserError";
  return "";
}

/// Names in a folder, sorted.
inline std::vector<std::string> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(folder))
    names.push_back(entry.path().filename().string());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace tessera::testing
