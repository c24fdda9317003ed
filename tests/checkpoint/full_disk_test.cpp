// Writing that fails: full disk, file size limit, no permission. The message says what was needed
// and what is free, the temporary directory is gone, and the earlier checkpoint is untouched. What
// changes the process runs in a child.
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "framework/core/durable_file.h"
#include "framework/formats/safetensors_writer.h"
#include "tests/checkpoint/sample.h"

namespace tessera::testing {
namespace {

constexpr int kCannotSetUp = 77;

/// Runs `body` in a child process; its failed expectations count here. False when the child could
/// not set things up.
bool in_child(const std::function<void()>& body) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotSetUp) return false;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
  return true;
}

std::vector<SampleTensor> large_state(int64_t bytes) {
  const TensorType type{DType::f32, {bytes / 4}};
  return {{"large", type, sample_bytes("large", type, 2)}};
}

void save_large(const fs::path& folder, int64_t bytes) {
  const auto state = large_state(bytes);
  CheckpointWriter writer(folder, 2);
  writer.write(whole_parts(state));
  commit(writer, kConfig, kRun, 1);
}

void expect_only_the_first(const fs::path& folder) {
  EXPECT_EQ(names_in(folder), (std::vector<std::string>{"step-00000001"}));
  expect_sample(folder / "step-00000001", 1);
  CheckpointReader(folder / "step-00000001").verify();
}

void expect_message(const std::string& message, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(message.find(part), std::string::npos) << part << " not in: " << message;
}

/// Mounts a tmpfs of 1 MiB; the child ends where it has neither root nor a user namespace.
void mount_tmpfs(const fs::path& folder) {
  const auto user = ::getuid(), group = ::getgid();
  if (::unshare(CLONE_NEWNS) != 0) {
    if (::unshare(CLONE_NEWNS | CLONE_NEWUSER) != 0) ::_exit(kCannotSetUp);
    write_file("/proc/self/setgroups", "deny");
    write_file("/proc/self/uid_map", fmt::format("0 {} 1", user));
    write_file("/proc/self/gid_map", fmt::format("0 {} 1", group));
  }
  ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
  if (::mount("tessera", folder.c_str(), "tmpfs", 0, "size=1m") != 0) ::_exit(kCannotSetUp);
}

TEST(FullDisk, IsSeenBeforeWriting) {
  TemporaryFolder folder;
  const bool ran = in_child([&] {
    mount_tmpfs(folder.path);
    save_sample(folder.path, 1);
    const int64_t free = free_bytes(folder.path);
    const std::string message = user_error_of([&] { save_large(folder.path, 2 << 20); });
    expect_message(message, {"step-00000002 was not written", "too full", "It needs 21",
                             fmt::format("{} are free: make room and give the same command", free),
                             "Earlier checkpoints"});
    expect_only_the_first(folder.path);
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(FullDisk, ComesWhileWriting) {
  TemporaryFolder folder;
  const bool ran = in_child([&] {
    mount_tmpfs(folder.path);
    save_sample(folder.path, 1);
    const auto fill = [&] {  // another program takes all that is free
      std::ofstream out(folder.path / "filler", std::ios::binary);
      out << std::string(2 << 20, 'x') << std::flush;
    };
    const auto state = large_state(256 << 10);
    const std::string message = user_error_of([&] {
      CheckpointWriter writer(folder.path, 2);
      writer.write(whole_parts(state));
      fill();
      commit(writer, kConfig, kRun, 1);
    });
    fs::remove(folder.path / "filler");
    expect_message(message, {"config.yaml: No space left on device", "It needs 2", "are free"});
    expect_only_the_first(folder.path);

    SafetensorsWriter file;
    file.declare("large", state[0].type);
    file.create(folder.path / "file");
    fill();
    EXPECT_NE(user_error_of([&] { file.write("large", state[0].bytes); }).find("No space left"),
              std::string::npos);
  });
  if (!ran) GTEST_SKIP() << "cannot mount a tmpfs here";
}

TEST(FullDisk, FileSizeLimit) {
  TemporaryFolder folder;
  save_sample(folder.path, 1);
  in_child([&] {
    const struct rlimit limit { 64 << 10, 64 << 10 };
    EXPECT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    const std::string message = user_error_of([&] { save_large(folder.path, 256 << 10); });
    expect_message(message, {"limit of file sizes, 65536 bytes (ulimit -f)"});
    EXPECT_EQ(message.find("free"), std::string::npos) << message;  // the disk has room
    expect_only_the_first(folder.path);
    // Where the limit is met while writing (the signal ignored), it is an error like any other.
    ::signal(SIGXFSZ, SIG_IGN);
    DurableFile file(folder.path / "file");
    const std::vector<std::byte> bytes(256 << 10);
    expect_message(user_error_of([&] { file.write_at(0, bytes); }), {"file: File too large"});
  });
}

TEST(FullDisk, UnwritableFolder) {
  TemporaryFolder folder;
  save_sample(folder.path / "run", 1);
  fs::permissions(folder.path, fs::perms(0755));
  fs::permissions(folder.path / "run", fs::perms(0555));
  in_child([&] {
    if (::geteuid() == 0 && ::seteuid(65534) != 0) ADD_FAILURE() << "seteuid";  // root may write
    expect_message(user_error_of([&] { save_sample(folder.path / "run", 2); }),
                   {"cannot create", "step-00000002", "Permission denied"});
    expect_only_the_first(folder.path / "run");
    expect_message(user_error_of([&] { save_sample(folder.path / "run" / "new", 2); }),
                   {"cannot create", "run/new", "Permission denied"});
  });
  fs::permissions(folder.path / "run", fs::perms(0755));
}

TEST(FullDisk, FileInPlaceOfTheFolder) {
  TemporaryFolder folder;
  write_file(folder.path / "file", "precious");
  expect_message(user_error_of([&] { save_sample(folder.path / "file", 1); }), {"file", "cannot"});
  EXPECT_EQ(read_file(folder.path / "file"), "precious");
}

}  // namespace
}  // namespace tessera::testing
