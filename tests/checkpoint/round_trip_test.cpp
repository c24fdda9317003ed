// What is written is read back: whole, in other boxes than it was written in, and by several
// writers.
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

/// Cuts each dim at random places and returns all boxes of the grid.
std::vector<Box> grid(const Shape& shape, uint64_t seed) {
  std::vector<Box> boxes{Box{}};
  for (size_t d = 0; d < shape.size(); ++d) {
    std::vector<Box> longer;
    for (int64_t at = 0, piece = 0; at < shape[d]; ++piece) {
      seed = seed * 6364136223846793005u + 1442695040888963407u;
      const int64_t end = std::min<int64_t>(shape[d], at + 1 + static_cast<int64_t>(seed >> 61));
      for (Box box : boxes) {
        box.dims.push_back({at, end});
        longer.push_back(std::move(box));
      }
      at = end;
    }
    boxes = std::move(longer);
  }
  return boxes;
}

TEST(Checkpoint, RoundTrip) {
  TemporaryFolder folder;
  const fs::path path = save_sample(folder.path, 1000);
  EXPECT_EQ(path.filename(), "step-00001000");
  EXPECT_EQ(names_in(path), (std::vector<std::string>{"config.yaml", "manifest.json",
                                                      "part-00000.safetensors", "run.json"}));
  CheckpointReader reader(path);
  reader.verify();
  EXPECT_EQ(reader.config_text(), kConfig);
  EXPECT_EQ(reader.run_json(), kRun);
  const auto state = sample_state(1000);
  ASSERT_EQ(reader.names().size(), state.size());
  for (size_t i = 0; i < state.size(); ++i) {
    EXPECT_EQ(reader.names()[i], state[i].name);
    EXPECT_EQ(reader.type(state[i].name), state[i].type);
  }
  expect_sample(path, 1000);
  EXPECT_NE(user_error_of([&] { reader.type("absent"); }).find("absent"), std::string::npos);
}

TEST(Checkpoint, SameStateSameBytes) {
  TemporaryFolder a, b;
  const fs::path first = save_sample(a.path, 5), second = save_sample(b.path, 5);
  for (const std::string& name : names_in(first))
    EXPECT_EQ(read_file(first / name), read_file(second / name)) << name;
}

TEST(Checkpoint, WrittenInAnyBoxesReadInAnyBoxes) {
  const auto state = sample_state(3);
  for (uint64_t seed = 1; seed <= 12; ++seed) {
    TemporaryFolder folder;
    std::vector<std::vector<std::byte>> buffers;
    std::vector<PartTensor> parts;
    for (const SampleTensor& tensor : state) {
      auto boxes =
          seed == 1 ? std::vector{Box::whole(tensor.type.shape)} : grid(tensor.type.shape, seed);
      if (tensor.type.numel() == 0) boxes = {Box::whole(tensor.type.shape)};
      for (const Box& box : boxes) {
        buffers.push_back(cut(tensor, box));
        parts.push_back({tensor.name, tensor.type, box, buffers.back().data()});
      }
    }
    CheckpointWriter writer(folder.path, 3);
    writer.write(parts);
    const fs::path path = commit(writer, kConfig, kRun, 3);
    expect_sample(path, 3);
    CheckpointReader reader(path);
    for (const SampleTensor& tensor : state)
      for (const Box& box : grid(tensor.type.shape, seed * 77 + 5))
        EXPECT_EQ(read_box(reader, tensor.name, box), cut(tensor, box))
            << tensor.name << to_string(box) << " seed " << seed;
  }
}

TEST(Checkpoint, SeveralWriters) {
  TemporaryFolder folder;
  const auto state = sample_state(8);
  constexpr int kWriters = 3;
  std::vector<std::unique_ptr<CheckpointWriter>> writers;
  for (int w = 0; w < kWriters; ++w)
    writers.push_back(std::make_unique<CheckpointWriter>(folder.path, 8, w, kWriters));
  // Rows are dealt out unevenly; some writers hold none of a tensor.
  for (int w = kWriters; w-- > 0;) {
    std::vector<std::vector<std::byte>> buffers;
    std::vector<PartTensor> parts;
    for (const SampleTensor& tensor : state) {
      Box box = Box::whole(tensor.type.shape);
      if (box.dims.empty() && w > 0) continue;
      if (!box.dims.empty()) {
        const int64_t per = (box.dims[0].end + kWriters - 1) / kWriters, rows = box.dims[0].end;
        box.dims[0] = {std::min(rows, w * per), std::min(rows, (w + 1) * per)};
      }
      buffers.push_back(cut(tensor, box));
      parts.push_back({tensor.name, tensor.type, box, buffers.back().data()});
    }
    writers[static_cast<size_t>(w)]->write(parts);
  }
  const fs::path path = commit(*writers[0], kConfig, kRun, 3);
  writers.clear();
  EXPECT_EQ(names_in(path).size(), 6u);  // three parts, manifest, two texts
  expect_sample(path, 8);
  CheckpointReader(path).verify();
}

TEST(Checkpoint, BoxesThatDoNotMakeUpTheTensorAreABug) {
  TemporaryFolder folder;
  const auto state = sample_state(1);
  const SampleTensor& tensor = state[1];
  const auto write = [&](const Box& box) {
    CheckpointWriter writer(folder.path, 1);
    writer.write(std::vector<PartTensor>{{tensor.name, tensor.type, box, tensor.bytes.data()}});
    commit(writer, kConfig, kRun, 1);
  };
  EXPECT_THROW(write(Box{{{0, 13}, {0, 5}}}), InternalError);
  EXPECT_THROW(write(Box{{{1, 15}, {0, 5}}}), InternalError);
  EXPECT_THROW(write(Box{{{0, 14}}}), InternalError);
  EXPECT_TRUE(names_in(folder.path).empty());
}

/// Boxes may reach beyond a tensor: padding is not written, and reads as zeros.
TEST(Checkpoint, PaddingIsLeftOut) {
  TemporaryFolder folder;
  const TensorType type{DType::f32, {3, 5}};
  const auto value = [](int64_t row, int64_t column) {
    return row < 3 && column < 5 ? static_cast<float>(10 * row + column + 1) : 0.0F;
  };
  std::vector<std::vector<float>> held;
  std::vector<std::unique_ptr<CheckpointWriter>> writers;
  for (int w = 0; w < 2; ++w)
    writers.push_back(std::make_unique<CheckpointWriter>(folder.path, 1, w, 2));
  // Each writer holds four columns of four rows; three columns of the second are padding.
  for (int w = 0; w < 2; ++w) {
    held.emplace_back();
    for (int64_t i = 0; i < 16; ++i)
      held.back().push_back(i / 4 == 3 || 4 * w + i % 4 > 4 ? 77.0F : value(i / 4, 4 * w + i % 4));
    writers[static_cast<size_t>(w)]->write(
        std::vector<PartTensor>{{"w", type, Box{{{0, 4}, {4 * w, 4 * w + 4}}}, held.back().data()},
                                {"v", type, Box{{{3 * w, 3 * w + 3}, {0, 5}}}, held[0].data()}});
  }
  const fs::path path = commit(*writers[0], kConfig, kRun, 3);
  CheckpointReader reader(path);
  EXPECT_EQ(reader.type("w"), type);
  const Box beyond{{{1, 4}, {2, 8}}};
  std::vector<float> read(18, 99);
  reader.read("w", beyond, read.data());
  for (int64_t i = 0; i < 18; ++i)
    EXPECT_EQ(read[static_cast<size_t>(i)], value(1 + i / 6, 2 + i % 6)) << i;
}

TEST(Checkpoint, PartFilesExplainThemselves) {
  TemporaryFolder folder;
  const auto state = sample_state(1);
  const SafetensorsReader whole(save_sample(folder.path, 1) / "part-00000.safetensors");
  EXPECT_EQ(whole.type("embed.weight"), state[1].type);  // plain names: other programs can read it
  EXPECT_EQ(whole.metadata().at("step"), "1");
}

}  // namespace
}  // namespace tessera::testing
