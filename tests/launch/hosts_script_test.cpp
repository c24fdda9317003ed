// launch/hosts: what its hosts look like to those on them, and that nothing of them is left,
// however it ends.
#include <gtest/gtest.h>
#include <unistd.h>

#include "tests/data/text_folder.h"
#include "tests/launch/shell.h"
#include "tests/places.h"

namespace tessera {
namespace {

const std::string kHosts =
    "env -u TESSERA_HOSTS -u TESSERA_AGENT " + source_dir() + "/launch/hosts";

bool contains(const Ended& ended, const std::string& text) {
  return ended.output.find(text) != std::string::npos;
}

class HostsScript : public ::testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "network namespaces need root";
    const Ended made =
        shell("ip netns add tessera-try && ip netns del tessera-try; unshare --net true");
    if (made.status != 0) GTEST_SKIP() << "no network namespaces here: " << made.output;
  }

  /// Starts hosts with a command that stays, and a shell's text that ends them; then looks for what
  /// is left.
  void leaves_nothing(const std::string& ending) const {
    const Ended ended =
        shell("cd '" + folder_.path().string() + "'; rm -f inside\n" + kHosts +
              " 2 -- bash -c 'sleep 1000 & echo ${TESSERA_HOSTS%/hostfile} $! >new; mv new inside; "
              "wait' & hosts=$!\n"
              "until [ -s inside ]; do sleep 0.05; done; read folder inner <inside\n" +
              ending +
              "\nfor try in {1..100}; do\n"
              "  names=$(ip netns list | grep -c \"^tessera${folder##*/}-\")\n"
              "  kill -0 $inner 2>/dev/null && grep -q sleep /proc/$inner/cmdline || {\n"
              "    grep -qs \"^$hosts \" $folder/owner || { [ $names = 0 ] || [ -e $folder ]; } && "
              "exit 0; }\n"
              "  sleep 0.1\ndone\necho left: $names namespaces, $(ls $folder)\nexit 1");
    EXPECT_EQ(ended.status, 0) << ending << ": " << ended.output;
  }

  TemporaryFolder folder_;
};

TEST_F(HostsScript, GivesEveryHostItsNameAddressAndCores) {
  const Ended ended = shell(kHosts +
                            " 3 --cores-per-host 1 -- bash -c 'for h in host0 host1 host2; do "
                            "$TESSERA_AGENT $h \"echo \\$(hostname) \\$(nproc) \\$(ip -br -4 "
                            "address show eth0) \\$0 x\"; done; "
                            "getent hosts host1; cat $TESSERA_HOSTS; exit 3'");
  EXPECT_EQ(ended.status, 3) << "the command's";
  for (const char* host : {"host0", "host1", "host2"}) {
    EXPECT_TRUE(contains(ended, std::string(host) + " 1 eth0@")) << ended.output;
    EXPECT_TRUE(contains(ended, std::string(host) + " slots=1\n")) << ended.output;
  }
  EXPECT_TRUE(contains(ended, ".2      host1") || contains(ended, ".2       host1"))
      << ended.output;
}

TEST_F(HostsScript, RanksReportFromTheirHosts) {
  const Ended ended =
      shell(kHosts + " 3 -- " + source_dir() +
            "/launch/run -n 3 -- sh -c 'echo $OMPI_COMM_WORLD_RANK on $(hostname)'");
  EXPECT_EQ(ended.status, 0) << ended.output;
  for (const char* line : {"0 on host0\n", "1 on host1\n", "2 on host2\n"})
    EXPECT_TRUE(contains(ended, line)) << ended.output;
}

TEST_F(HostsScript, HostsShareNoMemory) {
  const Ended ended = shell(kHosts +
                            " 2 -- bash -c 'echo x >/dev/shm/seen; ls /dev/shm; "
                            "$TESSERA_AGENT host1 \"ls /dev/shm | wc -l\"'");
  EXPECT_EQ(ended.output, "seen\n0\n");
}

TEST_F(HostsScript, ShapesEveryCable) {
  const Ended ended =
      shell(kHosts +
            " 2 --rate 200mbit -- bash -c 'tc qdisc show dev eth0; k=${TESSERA_HOSTS%/hostfile}; "
            "tc -n tessera${k##*/}-switch qdisc show dev host0'");
  EXPECT_EQ(ended.status, 0) << ended.output;
  const size_t first = ended.output.find("rate 200Mbit");
  EXPECT_NE(first, std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("rate 200Mbit", first + 1), std::string::npos) << ended.output;
}

TEST_F(HostsScript, DelaysOrSaysThatTheKernelCannot) {
  const Ended ended = shell(kHosts + " 2 --delay 2ms -- tc qdisc show dev eth0");
  if (ended.status == 0)
    EXPECT_TRUE(contains(ended, "delay 2ms")) << ended.output;
  else
    EXPECT_TRUE(contains(ended, "this kernel has no netem")) << ended.output;
}

TEST_F(HostsScript, PullsACableAndPlugsItIn) {
  const Ended ended =
      shell(kHosts +
            " 2 -- bash -c 'see() { $TESSERA_AGENT host1 \"cat /sys/class/net/eth0/carrier\"; }; "
            "see\n" +
            source_dir() + "/launch/hosts --cut host1; see; " + source_dir() +
            "/launch/hosts --restore host1\n"
            "sleep 0.2; see; " +
            source_dir() + "/launch/hosts --cut host7; $TESSERA_AGENT host7 true'");
  // What stands before may speak of an instance that somebody killed.
  EXPECT_TRUE(contains(ended, "1\n0\n1\n")) << ended.output;
  EXPECT_TRUE(contains(ended, "has no host 'host7'")) << ended.output;
  EXPECT_EQ(ended.status, 255) << "a host that is not there is not reached";
}

TEST_F(HostsScript, LeavesNothingWhenItEnds) { leaves_nothing("kill $inner; wait $hosts"); }
TEST_F(HostsScript, LeavesNothingWhenItIsTerminated) {
  leaves_nothing("kill -TERM $hosts; wait $hosts; [ $? = 143 ] || echo status $?");
}
TEST_F(HostsScript, LeavesNothingWhenTheTerminalGoes) {
  leaves_nothing("kill -HUP $hosts; wait $hosts");
}
TEST_F(HostsScript, LeavesNothingToTheNextStartWhenItIsKilled) {
  leaves_nothing("kill -KILL $hosts; wait $hosts; " + kHosts + " --clean");
}

TEST_F(HostsScript, SaysWhatIsWrong) {
  const auto refuses = [](const std::string& words, const std::string& reason) {
    const Ended ended = shell(kHosts + " " + words);
    EXPECT_EQ(ended.status, 2) << words;
    EXPECT_TRUE(contains(ended, reason)) << words << ": " << ended.output;
  };
  refuses("", "how many hosts?");
  refuses("0", "1 to 200, not '0'");
  refuses("two", "1 to 200, not 'two'");
  refuses("2 true", "A command stands after --");
  refuses("2 --rate fast", "--rate is such as 1gbit");
  refuses("2 --delay 5", "--delay is such as 50us");
  refuses("2 --rat 1gbit", "unknown option '--rat'");
  refuses("2 --cores-per-host 9999 -- true", "this machine has");
  refuses("--cut", "--cut needs a value");
  refuses("--cut host1 --instance x", "which instance?");
}

TEST(HostsScriptAnywhere, NeedsRoot) {
  TemporaryFolder folder;
  write_file(folder / "id", "#!/bin/sh\necho 1000\n");
  fs::permissions(folder / "id", fs::perms::owner_all);
  const Ended ended =
      shell("PATH='" + folder.path().string() + "':\"$PATH\" " + kHosts + " 2 -- true");
  EXPECT_EQ(ended.status, 2);
  EXPECT_TRUE(contains(ended, "only root may make network namespaces")) << ended.output;
}

}  // namespace
}  // namespace tessera
