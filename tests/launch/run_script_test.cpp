// launch/run: the line it writes for mpirun, its errors, and what it does with signals.
#include "tests/launch/run_script.h"

namespace tessera {
namespace {

TEST_F(RunScript, BindsRanksToTheirShareOfTheCores) {
  prints("-n 2 -- it", "mpirun -n 2 --map-by slot:PE=4 --bind-to core it");
  prints("-n 3 -- it", "mpirun -n 3 --map-by slot:PE=2 --bind-to core it");
  prints("-n 8 -- it", "mpirun -n 8 --map-by slot:PE=1 --bind-to core it");
  prints("-n 2 --cores-per-rank 3 -- it", "mpirun -n 2 --map-by slot:PE=3 --bind-to core it");
}

TEST_F(RunScript, DoesNotBindMoreRanksThanCores) {
  prints("-n 9 -- it", "mpirun -n 9 --bind-to none --oversubscribe -x OMP_NUM_THREADS=1 it");
  prints("-n 17 -- it",
         "mpirun -n 17 --bind-to none --oversubscribe --mca mpi_yield_when_idle 1 "
         "-x OMP_NUM_THREADS=1 it");
}

TEST_F(RunScript, DoesNotBindWhereAShellMayUseSomeCoresOnly) {
  machine("6 8 2-7 0-15");
  prints("-n 2 -- it", "mpirun -n 2 --bind-to none -x OMP_NUM_THREADS=3 it");
  prints("-n 2 -- it", "mpirun -n 2 --bind-to none it", "OMP_NUM_THREADS=5");
}

TEST_F(RunScript, AllowsRootToRootAlone) {
  script("bin/id", "echo 0");
  prints("-n 1 -- it", "mpirun -n 1 --allow-run-as-root --map-by slot:PE=8 --bind-to core it");
}

TEST_F(RunScript, AsksTheFirstHostForItsCores) {
  prints("-n 6 --hosts hosts --agent ./agent --interface eth7 -- it",
         "mpirun -n 6 --hostfile hosts --mca plm_rsh_agent ./agent "
         "--mca btl_tcp_if_include eth7 --mca oob_tcp_if_include eth7 "
         "--map-by slot:PE=4 --bind-to core it");
  prints("-n 2 --hosts hosts --agent ./agent -- it",
         "mpirun -n 2 --hostfile hosts --mca plm_rsh_agent ./agent "
         "--map-by slot:PE=8 --bind-to core it");
  prints("-n 20 --oversubscribe --hosts hosts --agent ./agent -- it",
         "mpirun -n 20 --hostfile hosts --mca plm_rsh_agent ./agent --bind-to none "
         "--oversubscribe -x OMP_NUM_THREADS=1 it");
}

TEST_F(RunScript, TakesItsHostsAndItsEnvironmentAlong) {
  prints("-n 6 -x MINE=1 --mca key value -- it",
         "mpirun -n 6 --hostfile hosts --mca plm_rsh_agent ./agent --map-by slot:PE=4 "
         "--bind-to core --mca key value -x MINE=1 -x OMP_SCHEDULE -x TESSERA_SEEN it",
         "TESSERA_HOSTS=hosts TESSERA_AGENT=./agent TESSERA_SEEN=1 OMP_SCHEDULE=static");
}

/// A loop that reads lines and starts a run for each keeps its lines.
TEST_F(RunScript, LeavesStandardInputAlone) {
  script("bin/mpirun", "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\ncat");
  const std::string before = "cd '" + folder_.path().string() + "'; PATH=\"$PWD/bin:$PATH\"; ";
  const Ended loop = shell(before +
                           "printf 'a\\nb\\nc\\n' | while read -r word; do "
                           "clone/launch/run -n 1 train $word 2>/dev/null; echo got $word; done");
  EXPECT_EQ(loop.output, "got a\ngot b\ngot c\n");
  script("agent", "cat >/dev/null; echo '32 16 0-31 0-31'");  // as ssh does
  const Ended other = shell(
      before + "echo mine | clone/launch/run -n 1 --hosts hosts --agent ./agent -- it 2>/dev/null");
  EXPECT_EQ(other.output, "mine\n") << "a program's own";
  const Ended none = shell(before + "clone/launch/run -n 1 -- it <&- 2>/dev/null");
  EXPECT_EQ(none.status, 0) << none.output;
}

TEST_F(RunScript, StartsFromAnyFolder) {
  const std::string name = "some \xc3\xbc \xe5\xae\x9e/-e";
  fs::create_directories(folder_ / name);
  const std::string program =
      "\n<" + path("clone/build/release/tessera") + ">\n<train>\n<-x.yaml>\n";
  const Ended ended = shell("cd '" + path(name) + "'; PATH='" + path("bin") +
                            "':$PATH ../../clone/launch/run -n 1 train -x.yaml");
  EXPECT_TRUE(ended.output.ends_with(program)) << ended.output;
  const Ended printing = run("-n 1 train -x.yaml", "CDPATH=$PWD");  // cd says where it goes
  EXPECT_TRUE(printing.output.ends_with(program)) << printing.output;
}

TEST_F(RunScript, SaysWhereNothingCanBeWritten) {
  write_file(folder_ / "a file", "");
  for (const char* words : {"-n 1 -- it", "-n 1 --hosts hosts --agent ./agent -- it"})
    refuses(words, "nothing can be written in a file, where mpirun keeps files; set TMPDIR",
            "TMPDIR='a file'");
  EXPECT_EQ(run("-n 1 -- it", "TMPDIR=$PWD/new/one").status, 7) << "is made, as mpirun does";
}

/// A killed mpirun can say nothing itself, and takes nothing away.
TEST_F(RunScript, SaysThatMpirunWasKilled) {
  script("bin/mpirun",
         "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\n"
         "mkdir -p $TMPDIR/ompi.here.0/pid.$$; echo \"73400320.0;tcp://\n$$\" "
         ">$TMPDIR/ompi.here.0/pid.$$/contact.txt\n"
         "kill -9 $$");
  const Ended ended = run("-n 1 -- it", "TMPDIR=$PWD/left");
  EXPECT_EQ(ended.status, 137);
  EXPECT_NE(ended.output.find("launch/run: mpirun was killed, or crashed (status 137)"),
            std::string::npos)
      << ended.output;
  EXPECT_TRUE(fs::is_empty(folder_ / "left"));
}

TEST_F(RunScript, RunsTheLineItShows) {
  const Ended ended = run("-n 2 train 'my config.yaml' --set a=b");
  EXPECT_EQ(ended.status, 7) << "mpirun's";
  const std::string program = path("clone/build/release/tessera");
  EXPECT_EQ(ended.output, "mpirun -n 2 --map-by slot:PE=4 --bind-to core " + program +
                              " train my\\ config.yaml --set a=b\n<-n>\n<2>\n<--map-by>\n"
                              "<slot:PE=4>\n<--bind-to>\n<core>\n<" +
                              program + ">\n<train>\n<my config.yaml>\n<--set>\n<a=b>\n");
}

TEST_F(RunScript, SaysWhatIsWrong) {
  refuses("train c.yaml", "how many ranks?");
  refuses("-n", "-n needs a value");
  refuses("-n four train c.yaml", "not 'four'");
  refuses("-n 0 train c.yaml", "not '0'");
  refuses("-n 2", "what shall run?");
  refuses("-n 2 --host hosts train c.yaml", "unknown option '--host'");
  refuses("-n 2 --cores-per-rank x train c.yaml", "--cores-per-rank is 1 or more");
  refuses("-n 2 --mca key", "--mca needs a key and a value");
  refuses("-n 2 --hosts nowhere train c.yaml", "there is no hostfile 'nowhere'");
  refuses("-n 7 --hosts hosts --agent ./agent train c.yaml", "has 6 slots in all");
  refuses("-n 2 --hosts hosts --agent ./none train c.yaml", "'./none', which is to reach alpha");
  write_file(folder_ / "empty", "# nothing\n");
  refuses("-n 2 --hosts empty train c.yaml", "names no host");
  write_file(folder_ / "bare", "alpha slots=2\nbeta\n");
  refuses("-n 2 --hosts bare train c.yaml", "bare, line 2");
  script("agent", "echo 'no route' >&2; exit 255");
  refuses("-n 2 --hosts hosts --agent ./agent train c.yaml", "alpha of hosts is not reached");
}

TEST_F(RunScript, SaysWhatIsMissing) {
  fs::remove(folder_ / "clone/build/release/tessera");
  refuses("-n 2 train c.yaml", "is not built yet; run launch/build");
  script("bin/mpirun", "echo 'HYDRA build details'");
  refuses("-n 2 -- it", "is not Open MPI's");
  script("bin/mpirun", "exit 127");
  refuses("-n 2 -- it", "launch/install brings it");
}

TEST_F(RunScript, AsksTheRanksToSaveBeforeItEndsThem) {
  script("bin/mpirun",
         "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\n"
         "trap 'echo told >told' USR1\n"
         "trap 'echo >ended; exit 9' TERM\n"
         "echo >up; while true; do sleep 0.05; done");
  for (const auto& [signal, status] : {std::pair{"TERM", 143}, {"HUP", 129}, {"INT", 130}}) {
    const Ended ended = shell("cd '" + folder_.path().string() +
                              "'; rm -f up told ended; PATH=\"$PWD/bin:$PATH\"\n"
                              "env --default-signal=INT clone/launch/run -n 2 -- it & run=$!\n"
                              "until [ -e up ]; do sleep 0.05; done\n"
                              "for twice in a b; do kill -" +
                              signal +
                              " $run; sleep 0.02; done\n"  // as `timeout` does
                              "until [ -e told ]; do sleep 0.05; done; sleep 0.3\n"
                              "kill -0 $run && kill -TERM $run\n"
                              "wait $run");
    EXPECT_EQ(ended.status, status) << signal << ": " << ended.output;
    EXPECT_TRUE(fs::exists(folder_ / "ended")) << "mpirun was told to end at once";
  }
}

/// When a stop comes before the ranks have begun, mpirun speaks of a signal that the user never
/// sent.
TEST_F(RunScript, AStopBeforeTheRanksHaveBegunIsNoCrash) {
  script("bin/mpirun",
         "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\n"
         "trap 'exit 138' USR1\n"
         "echo >up; while true; do sleep 0.05; done");
  const Ended ended = shell("cd '" + folder_.path().string() +
                            "'; rm -f up; PATH=\"$PWD/bin:$PATH\"\n"
                            "clone/launch/run -n 2 -- it & run=$!\n"
                            "until [ -e up ]; do sleep 0.05; done; kill -TERM $run; wait $run");
  EXPECT_EQ(ended.status, 143) << ended.output;
  EXPECT_NE(ended.output.find("there was nothing to save"), std::string::npos) << ended.output;
}

/// The ranks here end at once, and mpirun half a minute or much later.
TEST_F(RunScript, EndsAnMpirunThatWaitsOnlyAfterAFailure) {
  script("bin/mpirun",
         "[ \"$1\" != --version ] || { echo 'Open MPI'; exit 0; }\n"
         "OMPI_COMM_WORLD_RANK=0 ${*: -1} & sleep $WAITS; exit 5");
  script("fine", "sleep 2.5");
  script("failing", "sleep 2.5; echo >\"$TESSERA_FAILURE_MARK\"; exit 1");
  const auto line = [](const std::string& rank, int seconds) {
    return "(WAITS=" + std::to_string(seconds) +
           " clone/launch/run -n 2 --hosts hosts --agent ./agent -- ./" + rank + "; echo " + rank +
           " $?) & ";
  };
  const Ended ended = shell("cd '" + folder_.path().string() + "'; PATH=\"$PWD/bin:$PATH\"; " +
                            "export TMPDIR=$PWD/tmp; mkdir tmp; " + line("fine", 20) +
                            line("failing", 500) + "wait");
  EXPECT_NE(ended.output.find("fine 5\n"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("failing 137\n"), std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("the ranks here have failed"), std::string::npos) << ended.output;
  EXPECT_TRUE(fs::is_empty(folder_ / "tmp"));
}

// Runs through the mpirun of this machine.
TEST(RunScriptForReal, StartsRanksAndTakesTheirStatus) {
  const std::string run = "env -u TESSERA_HOSTS -u TESSERA_AGENT " + source_dir() + "/launch/run";
  const Ended ended = shell(run + " -n 3 -- sh -c 'echo rank $OMPI_COMM_WORLD_RANK; exit 5'");
  EXPECT_EQ(ended.status, 5) << ended.output;
  EXPECT_NE(ended.output.find("rank 0"), std::string::npos) << ended.output;
  const Ended input = shell("echo hello | " + run + " -n 2 -- sh -c 'cat; echo -end-'");
  EXPECT_EQ(input.status, 0) << input.output;
  EXPECT_NE(input.output.find("hello"), std::string::npos) << input.output;
}

TEST(RunScriptForReal, TakesAwayWhatAKilledMpirunLeaves) {
  const TemporaryFolder folder;
  const Ended ended =
      shell("cd '" + folder.path().string() +
            "'; unset TESSERA_HOSTS TESSERA_AGENT; export TMPDIR=$PWD/tmp; " + source_dir() +
            "/launch/run -n 1 -- sh -c 'echo >up; sleep 3' & run=$!\n"
            "until [ -e up ]; do sleep 0.05; done\n"
            "kill -9 $(pgrep -x mpirun -P $run); wait $run");
  EXPECT_EQ(ended.status, 137) << ended.output;
  EXPECT_NE(ended.output.find("mpirun was killed"), std::string::npos) << ended.output;
  EXPECT_TRUE(fs::is_empty(folder / "tmp"));
}

}  // namespace
}  // namespace tessera
