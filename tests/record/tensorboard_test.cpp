// The event file, read back: framing and checksums by hand, the events by protobuf.
#include "framework/record/tensorboard.h"

#include <cstring>

#include "framework/core/crc32c.h"
#include "framework/record/tensorboard_event.pb.h"
#include "tests/train/toy_run.h"

namespace tessera::testing {
namespace {

template <typename T>
T take(std::string_view& bytes) {
  T value{};
  EXPECT_GE(bytes.size(), sizeof value);
  std::memcpy(&value, bytes.data(), std::min(bytes.size(), sizeof value));
  bytes.remove_prefix(std::min(bytes.size(), sizeof value));
  return value;
}

std::vector<tensorboard::Event> events_of(const fs::path& path) {
  const std::string file = read_file(path);
  std::vector<tensorboard::Event> events;
  for (std::string_view rest = file; !rest.empty();) {
    const std::string_view length_bytes = rest.substr(0, 8);
    const auto length = take<uint64_t>(rest);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc32c(length_bytes));
    if (length > rest.size()) {
      ADD_FAILURE() << "a record of " << length << " bytes";
      break;
    }
    const std::string_view bytes = rest.substr(0, length);
    rest.remove_prefix(length);
    EXPECT_EQ(take<uint32_t>(rest), masked_crc32c(bytes));
    EXPECT_TRUE(events.emplace_back().ParseFromString(std::string(bytes)));
  }
  return events;
}

fs::path event_file_in(const fs::path& folder) {
  for (const std::string& name : names_in(folder))
    if (name.starts_with("events.out.tfevents.")) return folder / name;
  ADD_FAILURE() << "no event file";
  return {};
}

TEST(TensorBoard, ChecksumIsTheStandardOne) {
  EXPECT_EQ(crc32c("123456789"), 0xe3069283u);              // the usual check value
  EXPECT_EQ(crc32c(std::string(32, '\0')), 0x8a9136aau);    // RFC 3720, B.4
  EXPECT_EQ(crc32c(std::string(32, '\xff')), 0x62a8ab43u);  // RFC 3720, B.4
  EXPECT_EQ(masked_crc32c("123456789"), 0xc78ab0e5u);
}

TEST(TensorBoard, ReadsBack) {
  TemporaryFolder folder;
  TensorBoard board(folder.path, 8);
  board.write(8, {{"train/loss", 2.5}, {"train/lr", 0.125}});
  board.write(9, {{"eval/loss", std::nan("")}});
  const auto events = events_of(board.path());
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].file_version(), "brain.Event:2");
  EXPECT_EQ(events[1].session_log().status(), tensorboard::SessionLog::START);
  EXPECT_EQ(events[1].step(), 8);
  EXPECT_EQ(events[2].step(), 8);
  ASSERT_EQ(events[2].summary().value_size(), 2);
  EXPECT_EQ(events[2].summary().value(0).tag(), "train/loss");
  EXPECT_EQ(events[2].summary().value(0).simple_value(), 2.5f);
  EXPECT_EQ(events[2].summary().value(1).tag(), "train/lr");
  EXPECT_TRUE(std::isnan(events[3].summary().value(0).simple_value()));
  EXPECT_GT(events[2].wall_time(), 1.6e9);
}

/// Field numbers and wire types by hand, so that a slip in the .proto cannot hide behind itself.
TEST(TensorBoard, BytesAreThoseOfThePublicFormat) {
  TemporaryFolder folder;
  TensorBoard board(folder.path, 1);
  board.write(3, {{"a", 1.0}});
  const std::string file = read_file(board.path());
  // Event: 1 wall_time (fixed64), 2 step (varint), 5 summary (10 bytes): 1 value (8 bytes): 1 tag, 2 simple_value.
  const std::string tail = file.substr(file.size() - 4 - 14, 14);
  EXPECT_EQ(tail, std::string("\x10\x03\x2a\x0a\x0a\x08\x0a\x01"
                              "a\x15\x00\x00\x80\x3f",
                              14));
  EXPECT_EQ(file[file.size() - 4 - 14 - 9], '\x09');
}

TEST(TensorBoard, ARunThatGoesOnWritesASecondFile) {
  TemporaryFolder folder;
  const Config config = toy_config(folder.path, {"log.tensorboard=true"});
  ToyRun first(config);
  first.learner.before_step = [](int64_t index) {
    if (index == 9) ::raise(SIGTERM);
  };
  first.run();
  const fs::path path = event_file_in(folder.path);
  fs::rename(path, folder.path / "first");
  ToyRun(config).run();
  const auto before = events_of(folder.path / "first"),
             after = events_of(event_file_in(folder.path));
  EXPECT_EQ(before.back().step(), 9);
  EXPECT_EQ(after[1].step(), 11);
  EXPECT_EQ(after.back().step(), 40);
  EXPECT_EQ(after.back().summary().value(0).tag(), "eval/loss");
}

TEST(TensorBoard, TwoStartsInOneSecondDoNotMix) {
  TemporaryFolder folder;
  const TensorBoard first(folder.path, 1), second(folder.path, 1);
  EXPECT_NE(first.path(), second.path());
}

}  // namespace
}  // namespace tessera::testing
