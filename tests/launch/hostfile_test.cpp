// Hostfiles of launch/run: what is understood, what mpirun gets, what is refused.
#include "tests/launch/run_script.h"

namespace tessera {
namespace {

class Hostfile : public RunScript {};

/// Open MPI cuts names at the first dot unless it is told not to.
TEST_F(Hostfile, KeepsNamesWithDots) {
  write_file(folder_ / "dots", "w.1.test slots=1\nw.2.test slots=1\n");
  prints("-n 2 --hosts dots --agent ./agent -- it",
         "mpirun -n 2 --hostfile dots --mca orte_keep_fqdn_hostnames 1 --mca plm_rsh_agent ./agent "
         "--map-by slot:PE=16 --bind-to core it");
  write_file(folder_ / "numbers", "192.0.2.1 slots=1\nbob@192.0.2.2 slots=1\n");
  prints("-n 2 --hosts numbers --agent ./agent -- it",
         "mpirun -n 2 --hostfile numbers --mca plm_rsh_agent ./agent --map-by slot:PE=16 "
         "--bind-to core it");
}

/// launch/run asks no agent for the cores of this machine.
TEST_F(Hostfile, KnowsThisMachineUnderAllItsNames) {
  script("agent", "echo 'no route' >&2; exit 255");
  for (const std::string name : {"localhost", "127.0.0.1", "127.0.1.1", "here", "here.cluster",
                                 "192.0.2.7", "trainer", "root@trainer"}) {
    write_file(folder_ / "own", name + " slots=2\n");
    prints("-n 2 --hosts own --agent ./agent -- it",
           std::string("mpirun -n 2 --hostfile own ") +
               (name == "here.cluster" ? "--mca orte_keep_fqdn_hostnames 1 " : "") +
               "--mca plm_rsh_agent ./agent --map-by slot:PE=4 --bind-to core it");
  }
}

/// mpirun gets a copy where it cannot read the file itself.
TEST_F(Hostfile, GivesMpirunAHostfileThatItCanRead) {
  script("bin/mpirun",
         "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\n"
         "cat \"$4\"");
  const auto reads = [&](const std::string& text, const std::string& read) {
    write_file(folder_ / "my hosts", text);
    const Ended ended = run("-n 2 --hosts 'my hosts' --agent ./agent -- it");
    EXPECT_EQ(ended.status, 0) << text << ended.output;
    EXPECT_TRUE(ended.output.ends_with(" it\n" + read)) << text << ended.output;
  };
  const std::string plain = "alpha slots=2\nbeta slots=1\n";
  reads(plain, plain);
  reads("alpha slots=2\r\nbeta slots=1\r\n", plain);
  reads(
      "\xef\xbb\xbf"
      "alpha slots=2\nbeta slots=1\n",
      plain);
  reads("alpha:2\nbeta:1", plain);
  reads("alpha slots=2\nbeta slots=1 # the last", plain);
  reads("::1 slots=2\nbeta slots=1\n", "localhost slots=2\nbeta slots=1\n");
  reads("[fd00:0::7]:2\nbeta:1 max_slots=4\n", "localhost slots=2\nbeta slots=1 max_slots=4\n");
}

TEST_F(Hostfile, RefusesHostfilesThatItDoesNotUnderstand) {
  const auto says = [&](const std::string& text, const std::string& reason) {
    write_file(folder_ / "odd", text);
    refuses("-n 1 --hosts odd --agent ./agent -- it", reason);
  };
  says("alpha\n",
       "odd, line 1: how many ranks does the host take? Write for instance: alpha slots=2");
  says("alpha:two\n", "odd, line 1: 'alpha:two' is no name of a host");
  says("alpha:0\n", "odd, line 1: alpha:0: a host takes 1 to 999999 ranks");
  says("alpha:2 slots=2\n", "odd, line 1 gives the slots of alpha twice");
  says("# x\nalpha slots=0\n", "odd, line 2: slots=0: a host takes 1 to 999999 ranks");
  says("alpha slots=99999999999\n", "odd, line 1: slots=99999999999: a host takes");
  says("alpha slots=2 max_slots=1\n", "odd, line 1: max_slots=1 is less than slots=2");
  says("alpha slots=2 cpus=3\n", "odd, line 1: what is 'cpus=3'?");
  says("alpha slots=1\nALPHA slots=1\n", "odd, line 2: ALPHA is the host of line 1 once more");
  says("127.0.0.1 slots=1\nhere slots=1\n", "odd, line 2: here is the host of line 1 once more");
  says("* slots=1\n", "odd, line 1: '\\*' is no name of a host");
  says(
      "n\xc3\xb6"
      "de slots=1\n",
      "odd, line 1: '$'n\\303\\266de'' is no name of a host");
  says("alpha\xc2\xa0slots=1\n", "odd, line 1 holds a no-break space");
  says("fd00::9 slots=1\n", "odd, line 1: Open MPI reaches no other host by an IPv6 address");
  says(std::string("a\0l\0", 4), "the hostfile 'odd' holds zero bytes");
}

TEST_F(Hostfile, ExecutesNothingOfAHostfile) {
  for (const std::string text :
       {"alpha slots=2$(touch done)", "alpha slots=$(touch done)", "`touch done` slots=2",
        "$(touch done) slots=2", "alpha;touch done slots=2", "alpha slots=2 max_slots=`touch done`",
        "alpha slots=a[$(touch done)]", "-oProxyCommand=touch${IFS}done slots=2",
        "alpha slots=2;touch done", "-F/done slots=2", "alpha slots=2 | touch done"}) {
    write_file(folder_ / "odd", text + "\n");
    refuses("-n 1 --hosts odd -- it", "odd, line 1");
  }
  EXPECT_FALSE(fs::exists(folder_ / "done"));
}

TEST(HostfileForReal, StartsRanksByOwnAddressAndByNamesWithDots) {
  const TemporaryFolder folder;
  const std::string before =
      "cd '" + folder.path().string() + "'; unset TESSERA_HOSTS TESSERA_AGENT; ";
  const std::string run = source_dir() + "/launch/run -n 2 --hosts hosts ";
  const Ended own = shell(before + "echo \"$(hostname -I | cut -d' ' -f1) slots=2\" >hosts; " +
                          run + "-- sh -c 'echo rank $OMPI_COMM_WORLD_RANK'");
  EXPECT_EQ(own.status, 0) << own.output;
  EXPECT_NE(own.output.find("rank 1"), std::string::npos) << own.output;
  write_file(folder / "agent", "#!/bin/sh\necho \"$1\" >>asked; shift; exec sh -c \"$*\"\n");
  write_file(folder / "hosts", "w.1.test slots=1\nw.2.test slots=1\n");
  const Ended dots =
      shell(before + "chmod +x agent; " + run + "--agent $PWD/agent -- true; sort -u asked");
  EXPECT_NE(dots.output.find("w.1.test\nw.2.test\n"), std::string::npos) << dots.output;
}

}  // namespace
}  // namespace tessera
