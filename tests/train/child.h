// Child processes for tests that change what a process cannot change back: its user, its mounts,
// its life.
#pragma once

#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>

#include "tests/checkpoint/sample.h"

namespace tessera::testing {

inline constexpr int kCannotSetUp = 77;

/// Runs `body` in a child process and returns the status that waitpid gives: exit status 1 if an
/// expectation failed there.
inline int child_status(const std::function<void()>& body) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      body();
    } catch (const std::exception& error) {
      ADD_FAILURE() << error.what();
    }
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

/// Runs `body` in a child process, which is to end well; false when the child could not set things
/// up.
inline bool in_child(const std::function<void()>& body) {
  const int status = child_status(body);
  if (WIFEXITED(status) && WEXITSTATUS(status) == kCannotSetUp) return false;
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "status " << status;
  return true;
}

/// Mounts a tmpfs of 1 MiB at `folder`; the child ends where it has neither root nor a user
/// namespace.
inline void mount_small_tmpfs(const fs::path& folder) {
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

/// Takes all that is free on the disk of `folder`, as another program might.
inline void fill_disk(const fs::path& folder) {
  std::ofstream out(folder / "filler", std::ios::binary);
  out << std::string(2 << 20, 'x') << std::flush;
}

}  // namespace tessera::testing
