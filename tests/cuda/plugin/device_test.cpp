// The card as a device, on doubles of CUDA's libraries: memory, streams, and copies through pinned
// memory while streams run as late as they may.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cerrno>
#include <numeric>
#include <vector>

#include "framework/core/error.h"
#include "framework/device/cuda/cuda_device.h"
#include "framework/device/cuda/driver.h"
#include "framework/device/cuda/staging.h"
#include "framework/device/plugin_loader.h"
#include "framework/kernels/cuda/library.h"
#include "tests/cuda/doubles/card.h"
#include "tests/cuda/doubles/streams.h"
#include "tests/cuda/plugin/settings_of_doubles.h"

namespace tessera::testing {
namespace {

std::shared_ptr<Device> card(const PluginSettings& settings = {}) {
  return cuda::make_cuda_device(settings, cuda::cuda_kernels());
}

std::string error_of(const char* doubles, const PluginSettings& settings = {}) {
  const SettingsOfDoubles pretended(doubles);
  try {
    card(settings);
  } catch (const UserError& error) {
    return error.what();
  }
  return "";
}

void expect_words(const std::string& text, std::initializer_list<std::string_view> all) {
  for (const std::string_view words : all)
    EXPECT_NE(text.find(words), std::string::npos) << words << " is not in: " << text;
}

TEST(CudaDriver, WhatIsMissingIsSaid) {
  expect_words(error_of("driver=0"), {"needs an NVIDIA driver", "--gpus all"});
  expect_words(error_of("driver=11080"), {"too old", "CUDA 11.8", "CUDA 13", "newer driver"});
  expect_words(error_of("cards=0"), {"shows this process no card", "CUDA_VISIBLE_DEVICES"});
  expect_words(error_of("cards=2", {.card = 2}), {"needs card 2", "shows it 2"});
  expect_words(error_of("capability=75"), {"Double of a card", "7.5", "need 8.0"});
  EXPECT_EQ(error_of("cards=2", {.card = 1}), "");
}

TEST(CudaDriver, FactsAreThereWithoutACardToo) {
  const auto text = [](const char* doubles) {
    const SettingsOfDoubles pretended(doubles);
    std::string all;
    for (const Fact& fact : cuda::driver_facts()) all += fact.name + ": " + fact.text + "\n";
    return all;
  };
  expect_words(text("driver=0"), {"cuda: ", "needs an NVIDIA driver"});
  expect_words(text("cards=2,memory=1073741824"),
               {"driver for CUDA", "card 0: Double of a card, 1.0 GiB free", "capability 9.0",
                "4 multiprocessors, 4917 GB/s", "card 1: "});
}

TEST(CudaDevice, SaysWhatTheCardIs) {
  const SettingsOfDoubles pretended("memory=1048576");
  const auto device = card({.threads = 3});
  const DeviceProfile& profile = device->profile();
  EXPECT_EQ(profile.backend, "cuda");
  EXPECT_EQ(profile.memory_bytes, 1048576U);
  EXPECT_EQ(profile.threads, 3);
  EXPECT_EQ(profile.model, "Double of a card");
  EXPECT_EQ(device->facts().at(1).text, "9.0, 4 multiprocessors");
  EXPECT_EQ(card({.memory_bytes = 1000})->profile().memory_bytes, 1000U);
  EXPECT_EQ(card({.memory_bytes = 2000000})->profile().memory_bytes, 1048576U);
  EXPECT_FALSE(device->memory_is_host());
}

TEST(CudaDevice, MemoryIsZeroedAndClosedToTheHost) {
  const auto device = card();
  const Buffer buffer(*device, 100);
  std::vector<unsigned char> bytes(100, 1);
  const Stream stream(*device);
  stream.download(bytes.data(), buffer.data(), bytes.size());
  EXPECT_EQ(bytes, std::vector<unsigned char>(100, 0));
  int pipe[2];
  ASSERT_EQ(::pipe(pipe), 0);
  EXPECT_EQ(::write(pipe[1], buffer.data(), 1), -1);
  EXPECT_EQ(errno, EFAULT);
  ::close(pipe[0]);
  ::close(pipe[1]);
}

TEST(CudaDevice, MemoryGoesBack) {
  const auto device = card();
  const size_t before = doubles::card_bytes();
  {
    const Buffer buffer(*device, 5000);
    EXPECT_EQ(doubles::card_bytes(), before + 5000);
  }
  EXPECT_EQ(doubles::card_bytes(), before);
}

TEST(CudaDevice, MemoryThatTheCardRefusesIsNamed) {
  const SettingsOfDoubles pretended("memory=3145728");
  const auto device = card();
  const Buffer first(*device, 2 << 20);
  try {
    const Buffer second(*device, 2 << 20);
    FAIL() << "the card gave more than it has";
  } catch (const UserError& error) {
    expect_words(error.what(), {"refused 2.0 MiB", "1.0 of 3.0 MiB are free", "smaller"});
  }
  const Buffer third(*device, 1 << 20);  // the refusal left no error behind
}

TEST(CudaDevice, TheHostsBytesMayChangeAfterAnUpload) {
  const auto device = card();
  const Buffer buffer(*device, 16);
  const Stream stream(*device);
  const int64_t done = doubles::progress().done;
  int sent = 7, got = 0;
  stream.upload(buffer.data(), &sent, sizeof(sent));
  stream.copy(buffer.data() + 8, buffer.data(), sizeof(sent));
  sent = 8;
  EXPECT_EQ(doubles::progress().done, done);  // nothing had to be done so far
  stream.download(&got, buffer.data() + 8, sizeof(got));
  EXPECT_EQ(got, 7);
}

/// More than the pinned memory holds, in pieces that do not divide it.
TEST(CudaDevice, LargeAndOddCopiesArriveWhole) {
  const auto device = card();
  const size_t count = (2 * cuda::Staging::kBytes + 12345) / sizeof(uint32_t);
  std::vector<uint32_t> values(count), got(count);
  std::iota(values.begin(), values.end(), 1U);
  const Buffer buffer(*device, count * sizeof(uint32_t));
  const Stream stream(*device);
  size_t at = 0;
  for (size_t piece = 1; at < count; at += piece, piece = piece * 3 + 1) {
    const size_t elements = std::min(piece, count - at);
    stream.upload(buffer.data() + at * sizeof(uint32_t), &values[at], elements * sizeof(uint32_t));
  }
  stream.download(got.data(), buffer.data(), count * sizeof(uint32_t));
  EXPECT_EQ(got, values);
  // Small copies both ways, many times around the ring.
  for (uint32_t i = 0; i < 3000; ++i) {
    std::vector<uint32_t> many(5000 + i, i);
    stream.upload(buffer.data(), many.data(), many.size() * sizeof(uint32_t));
    if (i % 500 != 499) continue;
    uint32_t last = 0;
    stream.download(&last, buffer.data() + (many.size() - 1) * sizeof(uint32_t), sizeof(last));
    EXPECT_EQ(last, i);
  }
}

TEST(CudaDevice, StreamsDoTheirWorkBeforeTheyClose) {
  const auto device = card();
  const Buffer buffer(*device, 4);
  const int sent = 5;
  {
    const Stream stream(*device);
    stream.upload(buffer.data(), &sent, sizeof(sent));
  }
  EXPECT_EQ(doubles::progress().put, doubles::progress().done);
  int got = 0;
  const Stream other(*device);
  other.download(&got, buffer.data(), sizeof(got));
  EXPECT_EQ(got, 5);
}

TEST(CudaDevice, MeasuresACopy) { EXPECT_GT(card()->copy_gbytes_per_second(0.001), 0); }

/// A plug-in's own copy of the device, loaded beside this program: its errors are caught here.
TEST(CudaPlugin, ErrorsCrossTheBorder) {
  const Plugin& loaded = plugin("cuda");
  EXPECT_EQ(loaded.kernels->backend, "cuda");
  EXPECT_EQ(&loaded, &plugin("cuda"));
  {
    const SettingsOfDoubles pretended("driver=0");
    EXPECT_THROW(loaded.make_device({}), UserError);
    EXPECT_THROW(loaded.kernels->matmul_gflops(DType::i32, 0.001), UserError);
    EXPECT_FALSE(loaded.facts().empty());
  }
  const auto device = loaded.make_device({});
  const Buffer buffer(*device, 8);
  const Stream stream(*device);
  const double sent = 0.5;
  double got = 0;
  stream.upload(buffer.data(), &sent, sizeof(sent));
  stream.download(&got, buffer.data(), sizeof(got));
  EXPECT_EQ(got, 0.5);
  EXPECT_EQ(device->versions().size(), 2U);
}

}  // namespace
}  // namespace tessera::testing
