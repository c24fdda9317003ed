// The folder of checkpoints: order, pruning, leftovers of crashes, and a step written twice.
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

using Names = std::vector<std::string>;

void damage(const fs::path& checkpoint) { write_file(checkpoint / "manifest.json", "{}"); }

TEST(CheckpointFolder, NoFolderNoCheckpoint) {
  TemporaryFolder folder;
  std::vector<std::string> report;
  EXPECT_EQ(latest_good_checkpoint(folder.path, report), std::nullopt);
  EXPECT_EQ(latest_good_checkpoint(folder.path / "none", report), std::nullopt);
  EXPECT_TRUE(report.empty());
  write_file(folder.path / "file", "");
  EXPECT_NE(user_error_of([&] {
              latest_good_checkpoint(folder.path / "file", report);
            }).find("cannot list"),
            std::string::npos);
}

TEST(CheckpointFolder, NewestByStepNotByName) {
  TemporaryFolder folder;
  for (const int64_t step : {999'999'999, 5, 100'000'000, 70}) save_sample(folder.path, step);
  const auto found = list_checkpoints(folder.path);
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0].step, 999'999'999);
  EXPECT_EQ(found[1].step, 100'000'000);
  EXPECT_EQ(found[2].step, 70);
  EXPECT_EQ(found[3].path, folder.path / "step-00000005");
}

TEST(CheckpointFolder, KeepsTheNewest) {
  TemporaryFolder folder;
  for (int64_t step = 1; step <= 5; ++step) save_sample(folder.path, step, 2);
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000004", "step-00000005"}));
}

TEST(CheckpointFolder, DamagedOnesDoNotCountAsKept) {
  TemporaryFolder folder;
  for (int64_t step = 1; step <= 4; ++step) save_sample(folder.path, step);
  damage(folder.path / "step-00000003");
  damage(folder.path / "step-00000004");
  save_sample(folder.path, 5, 2);  // 5 and 2 are good; 1 is older than both
  EXPECT_EQ(names_in(folder.path),
            (Names{"step-00000002", "step-00000003", "step-00000004", "step-00000005"}));
}

/// Changes the last byte of the tensors, and nothing that opening looks at.
void flip(const fs::path& checkpoint) {
  const fs::path part = checkpoint / "part-00000.safetensors";
  const std::string bytes = read_file(part);
  write_byte(part, bytes.size() - 1, static_cast<char>(bytes.back() ^ 1));
}

TEST(CheckpointFolder, DamagedBytesDoNotCountAsKept) {
  TemporaryFolder folder;
  for (int64_t step = 1; step <= 4; ++step) save_sample(folder.path, step);
  flip(folder.path / "step-00000004");
  save_sample(folder.path, 5, 2);  // 5 and 3 are good
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000003", "step-00000004", "step-00000005"}));
}

TEST(CheckpointFolder, VerdictsHoldUntilFilesChange) {
  TemporaryFolder folder;
  const fs::path checkpoint = save_sample(folder.path, 1);
  CheckpointVerdicts verdicts;
  EXPECT_FALSE(verdicts.knows(checkpoint));
  EXPECT_EQ(verdicts.damage(checkpoint), "");
  EXPECT_TRUE(verdicts.knows(checkpoint));
  const auto time = fs::last_write_time(checkpoint / "part-00000.safetensors");
  flip(checkpoint);
  fs::last_write_time(checkpoint / "part-00000.safetensors", time + std::chrono::seconds(1));
  EXPECT_FALSE(verdicts.knows(checkpoint));
  EXPECT_NE(verdicts.damage(checkpoint).find("part-00000.safetensors is damaged"),
            std::string::npos);
  verdicts.note_good(checkpoint);
  EXPECT_EQ(verdicts.damage(checkpoint), "");  // the checkpoint is not read again
}

/// A client of a network file system may still see the temporary name after the rename.
TEST(CheckpointFolder, NoWriterRemovesWhatWasCommitted) {
  TemporaryFolder folder;
  const auto state = sample_state(2);
  const fs::path temporary = folder.path / "step-00000002.tmp",
                 final = folder.path / "step-00000002";
  CheckpointWriter first(folder.path, 2, 0, 2);
  {
    CheckpointWriter second(folder.path, 2, 1, 2);
    first.write(whole_parts(state));
    second.write({});
    EXPECT_EQ(commit(first, kConfig, kRun, 1), final);
    fs::create_directory_symlink(final, temporary);
  }
  EXPECT_EQ(damage_of(final), "");
  fs::remove(temporary);
  // Nor does a writer when the commit has failed after the rename, as far as it knows.
  {
    CheckpointWriter third(folder.path, 3, 0, 2), fourth(folder.path, 3, 1, 2);
    third.write(whole_parts(state));
    fourth.write({});
    fs::rename(folder.path / "step-00000003.tmp", folder.path / "moved");
    fs::create_directory_symlink(folder.path / "moved", folder.path / "step-00000003.tmp");
  }
  EXPECT_TRUE(fs::exists(folder.path / "moved" / "part-00001.safetensors"));
}

TEST(CheckpointFolder, TheOneJustWrittenIsNeverPruned) {
  TemporaryFolder folder;
  for (int64_t step = 7; step <= 9; ++step) save_sample(folder.path, step);
  save_sample(folder.path, 2, 1);  // the run went back: older by step, but the newest written
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000002", "step-00000009"}));
}

TEST(CheckpointFolder, NothingIsPrunedForADamagedOne) {
  TemporaryFolder folder;
  for (int64_t step = 1; step <= 3; ++step) save_sample(folder.path, step);
  const fs::path written = folder.path / "step-00000003";
  fs::resize_file(written / "part-00000.safetensors", 1000);
  CheckpointVerdicts verdicts;
  const std::string message =
      user_error_of([&] { prune_checkpoints(folder.path, 1, written, verdicts); });
  EXPECT_NE(message.find("no older one was deleted"), std::string::npos) << message;
  EXPECT_EQ(names_in(folder.path).size(), 3u);
}

TEST(CheckpointFolder, WhatDoesNotReadBackIsNoCheckpoint) {
  TemporaryFolder folder;
  save_sample(folder.path, 1);
  const auto state = sample_state(2);
  const fs::path part = folder.path / "step-00000002.tmp/part-00000.safetensors";
  // The last byte is one of 'stats'; the ninth is the first of the header.
  for (const bool in_header : {false, true}) {
    for (const bool by_commit : {false, true}) {
      CheckpointWriter writer(folder.path, 2);
      writer.write(whole_parts(state));
      const size_t at = in_header ? 8 : fs::file_size(part) - 1;
      write_byte(part, at, static_cast<char>(read_file(part)[at] ^ 1));
      const std::string message = user_error_of([&] {
        if (by_commit)
          commit(writer, kConfig, kRun, 1);
        else
          writer.read_back();
      });
      for (const char* text : {"step-00000002 was not written",
                               "part-00000.safetensors does not read "
                               "back",
                               "Earlier checkpoints are as they were"})
        EXPECT_NE(message.find(text), std::string::npos) << message;
      EXPECT_NE(message.find(in_header ? "its header" : "('"), std::string::npos) << message;
      EXPECT_EQ(names_in(folder.path), (Names{"step-00000001"}));
    }
  }
}

TEST(CheckpointFolder, EachWriterReadsItsOwnPartBack) {
  TemporaryFolder folder;
  const auto state = sample_state(2);
  CheckpointWriter first(folder.path, 2, 0, 2), second(folder.path, 2, 1, 2);
  first.write(whole_parts(state));
  second.write({});
  fs::resize_file(folder.path / "step-00000002.tmp/part-00001.safetensors", 9);
  first.read_back();
  const std::string message = user_error_of([&] { second.read_back(); });
  EXPECT_NE(
      message.find("part-00001.safetensors does not read back as it was written (its length)"),
      std::string::npos)
      << message;
}

TEST(CheckpointFolder, LeftoversAreIgnoredAndThenCleaned) {
  TemporaryFolder folder;
  save_sample(folder.path, 1);
  fs::copy(folder.path / "step-00000001", folder.path / "step-00000009.tmp");
  fs::copy(folder.path / "step-00000001", folder.path / "step-00000008.trash");
  fs::copy(folder.path / "step-00000001", folder.path / "step-7");  // not ours: left alone
  fs::copy(folder.path / "step-00000001", folder.path / "step-00000007.tmp2");
  std::vector<std::string> report;
  EXPECT_EQ(latest_good_checkpoint(folder.path, report), folder.path / "step-00000001");
  EXPECT_EQ(names_in(folder.path).size(), 5u);  // reading changes nothing
  save_sample(folder.path, 2);
  EXPECT_EQ(names_in(folder.path),
            (Names{"step-00000001", "step-00000002", "step-00000007.tmp2", "step-7"}));
}

TEST(CheckpointFolder, SameStepAgainReplaces) {
  TemporaryFolder folder;
  damage(save_sample(folder.path, 4));
  EXPECT_EQ(save_sample(folder.path, 4), folder.path / "step-00000004");
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000004"}));
  expect_sample(folder.path / "step-00000004", 4);
}

TEST(CheckpointFolder, CrashWhileReplacingLosesNothing) {
  TemporaryFolder folder;
  fs::rename(save_sample(folder.path, 4), folder.path / "step-00000004.old");
  std::vector<std::string> report;
  EXPECT_EQ(latest_good_checkpoint(folder.path, report), folder.path / "step-00000004.old");
  save_sample(folder.path, 5);
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000004", "step-00000005"}));
  fs::copy(folder.path / "step-00000004", folder.path / "step-00000004.old");
  save_sample(folder.path, 6);  // its successor is there: the old one goes
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000004", "step-00000005", "step-00000006"}));
  expect_sample(folder.path / "step-00000004", 4);
}

TEST(CheckpointFolder, WithoutCommitNothingIsLeft) {
  TemporaryFolder folder;
  {
    const auto state = sample_state(1);
    CheckpointWriter writer(folder.path / "made" / "here", 1);
    writer.write(whole_parts(state));
    EXPECT_EQ(names_in(folder.path / "made" / "here"), (Names{"step-00000001.tmp"}));
  }
  EXPECT_TRUE(names_in(folder.path / "made" / "here").empty());
}

TEST(CheckpointFolder, TwoRunsInOneFolderAreRefused) {
  TemporaryFolder folder;
  CheckpointWriter first(folder.path, 1);
  const std::string message = user_error_of([&] { CheckpointWriter second(folder.path, 1); });
  EXPECT_NE(message.find("a folder of its own"), std::string::npos) << message;
  const auto state = sample_state(1);
  first.write(whole_parts(state));
  expect_sample(commit(first, kConfig, kRun, 1), 1);
}

TEST(CheckpointFolder, RunJsonMustBeAnObject) {
  TemporaryFolder folder;
  const auto state = sample_state(1);
  CheckpointWriter writer(folder.path, 1);
  writer.write(whole_parts(state));
  EXPECT_THROW(commit(writer, kConfig, "[1]", 1), UserError);
  expect_sample(commit(writer, kConfig, "{}", 1), 1);
}

TEST(CheckpointFolder, ACopyUnderAnotherStepsNameIsNotTheNewest) {
  TemporaryFolder folder;
  for (const int64_t step : {10, 20}) save_sample(folder.path, step);
  const fs::path copy = folder.path / "step-00000099";
  fs::copy(folder.path / "step-00000010", copy);
  std::vector<std::string> report;
  EXPECT_EQ(latest_good_checkpoint(folder.path, report), folder.path / "step-00000020");
  ASSERT_EQ(report.size(), 1u);
  EXPECT_NE(report[0].find("step-00000099 cannot be used: its name is not that of step 10"),
            std::string::npos)
      << report[0];
  save_sample(folder.path, 30, 2);  // the copy does not count as kept
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000020", "step-00000030", "step-00000099"}));
}

TEST(CheckpointFolder, NameTakenByWhatIsNoFolder) {
  TemporaryFolder folder;
  save_sample(folder.path, 1);
  const fs::path place = folder.path / "step-00000002";
  const auto message = [&] {
    std::string text = user_error_of([&] { save_sample(folder.path, 2); });
    EXPECT_EQ(text.find("bytes"), std::string::npos) << text;
    return text;
  };
  write_file(place, "precious");
  EXPECT_NE(message().find("step-00000002 is taken by a file"), std::string::npos);
  EXPECT_EQ(read_file(place), "precious");
  fs::remove(place);
  fs::create_symlink("nowhere", place);
  EXPECT_NE(message().find("is taken by a symbolic link to nowhere"), std::string::npos);
  fs::remove(place);
  fs::create_symlink("step-00000002", place);  // to itself
  EXPECT_NE(message().find("is taken by a symbolic link to step-00000002"), std::string::npos);
  EXPECT_EQ(names_in(folder.path), (Names{"step-00000001", "step-00000002"}));
  fs::remove(place);
  save_sample(folder.path, 2);
}

}  // namespace
}  // namespace tessera::testing
