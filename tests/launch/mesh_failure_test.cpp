// What goes wrong on one rank ends all of them in time, with the first cause on the screen and in
// failure.txt, and leaves a checkpoint that fewer ranks go on from.
#include <unistd.h>

#include <csignal>

#include "tests/launch/mesh_run.h"
#include "tests/places.h"

namespace tessera {
namespace {

class MeshFailure : public MeshRun {
 protected:
  void SetUp() override {
    MeshRun::SetUp();
    set_limits("silence_limit: 5, hang_limit: 8");
  }
  /// Writes keys of the section mesh into the configs, in place of those of an earlier call.
  void set_limits(const std::string& keys) const {
    for (const char* model : {"gpt", "bert"}) {
      const fs::path file = folder_ / (std::string(model) + ".yaml");
      const std::string text = read_file(file);
      write_file(file, text.substr(0, text.find("mesh: ")) + "mesh: {" + keys + "}\n");
    }
  }

  std::string endless() const { return endless_on("mesh.dp=2 mesh.tp=2"); }
  std::string endless_on_two() const { return endless_on("mesh.dp=2"); }
  std::string endless_on(const std::string& mesh) const {
    return train("gpt", "run", mesh) +
           " --set 'train.steps=1000000 steps' --set "
           "'evaluate.every=1000000 steps' --set 'checkpoint.every=5 steps' --set "
           "'log.every=5 steps'";
  }

  /// Starts `line`; when the screen shows `begun` (by default ten steps made and saved), `action`
  /// finds the ranks' processes in P0, P1, …; then waits. Returns the status of the line, and as
  /// output its last twenty lines.
  Ended meets(const std::string& line, const std::string& action, int seconds = 90,
              const std::string& begun = "step 10/") const {
    const std::string script =
        "cd '" + folder_.path().string() + "'; rm -f screen\n" + line +
        " >screen 2>&1 & run=$!\n"
        "until grep -qs '" +
        begun +
        "' screen; do kill -0 $run || { cat screen; exit 99; }; sleep 0.1; "
        "done\n"
        "for p in $(pgrep -f 'log.folder=" +
        path("run") +
        " '); do\n"
        "  r=$(tr '\\0' '\\n' </proc/$p/environ | sed -n 's/^OMPI_COMM_WORLD_RANK=//p')\n"
        "  [ -z \"$r\" ] || eval P$r=$p\ndone\n" +
        action + "\nwait $run; status=$?; tail -n 20 screen; exit $status";
    return shell(script, seconds);
  }

  void expect_cause(const Ended& ended, const std::vector<std::string>& parts) const {
    EXPECT_NE(ended.status, 0);
    EXPECT_NE(ended.status, 124) << "it hung: " << ended.output;
    const std::string left = read_file(folder_ / "run/failure.txt");
    for (const std::string& part : parts) {
      EXPECT_NE(ended.output.find(part), std::string::npos)
          << "'" << part << "' is not on the screen: " << ended.output;
      EXPECT_NE(left.find(part), std::string::npos) << "'" << part << "' is not in " << left;
    }
  }

  /// What the ranks say goes through mpirun: once it is gone, their words stand in failure.txt
  /// alone, and launch/run says on the screen what it knows.
  void expect_mpirun_gone(const Ended& ended) const {
    EXPECT_EQ(ended.status, 137) << ended.output;
    EXPECT_NE(ended.output.find("launch/run: mpirun was killed, or crashed"), std::string::npos)
        << ended.output;
    const std::string left = read_file(folder_ / "run/failure.txt");
    EXPECT_NE(left.find("failed: the process that started it is gone: mpirun, or its daemon on "
                        "this host"),
              std::string::npos)
        << left;
  }

  /// Two ranks go on from the newest checkpoint.
  void goes_on_with_fewer() const {
    const std::string checkpoints =
        "$(ls " + path("run/checkpoints") + " | grep '^step-[0-9]*$' | tail -n 1)";
    const Ended ended =
        shell("last=" + checkpoints + "; n=$((10#${last#step-} + 2))\n" +
              on(2, train("gpt", "run", "mesh.dp=2")) + " --set \"train.steps=$n steps\"");
    EXPECT_EQ(ended.status, 0) << ended.output;
    EXPECT_NE(ended.output.find("going on from"), std::string::npos) << ended.output;
    EXPECT_FALSE(fs::exists(folder_ / "run/failure.txt"));
  }

  /// Starts a run on two hosts, of which one loses its cable; `then` is what happens after that,
  /// with $hosts for launch/hosts.
  Ended without_cable(const std::string& host, const std::string& then) const {
    const std::string inside =
        "cd '" + folder_.path().string() + "'; k=${TESSERA_HOSTS%/hostfile}; hosts='" +
        source_dir() + "/launch/hosts --instance '${k##*/}; " + source_dir() +
        "/launch/run -n 2 -- " + endless_on_two() +
        " >screen 2>&1 & run=$!\n"
        "until grep -qs 'step 10/' screen; do kill -0 $run || { cat screen; exit 99; }; sleep 0.1; "
        "done\n"
        "$hosts --cut " +
        host + "\n" + then + "\nwait $run; status=$?; tail -n 20 screen; exit $status";
    write_file(folder_ / "inside", inside);
    return shell(
        "OMP_WAIT_POLICY=passive " + source_dir() + "/launch/hosts 2 -- bash " + path("inside"),
        90);
  }
  static bool no_hosts_here() {
    return ::geteuid() != 0 ||
           shell("ip netns add tessera-cut && ip netns del tessera-cut; unshare --net true")
                   .status != 0;
  }
  /// Cuts a host of two off in the middle of a run.
  void a_host_is_cut_off(const std::string& host) const {
    if (no_hosts_here()) GTEST_SKIP() << "no network namespaces here";
    const Ended ended = without_cable(host, "");
    expect_cause(ended, {"rank 1 (host1) has given no sign of life for 5 s", "all_"});
    goes_on_with_fewer();
  }
};

using LongMeshFailure = MeshFailure;

/// A wrong setting is every rank's; one says it, and the run's failure.txt tells of it.
TEST_F(MeshFailure, WrongWordsAreSaidOnce) {
  finishes(on(2, train("gpt", "run", "mesh.dp=2")));
  const auto says_once = [&](const std::string& line, const std::string& what, bool in_file) {
    const Ended ended = shell(line);
    EXPECT_EQ(ended.status, 2) << ended.output;
    const size_t at = ended.output.find(what);
    EXPECT_NE(at, std::string::npos) << ended.output;
    EXPECT_EQ(ended.output.find(what, at + 1), std::string::npos) << ended.output;
    EXPECT_EQ(fs::exists(folder_ / "run/failure.txt"), in_file) << what;
    if (in_file) {
      EXPECT_NE(read_file(folder_ / "run/failure.txt").find(what), std::string::npos);
      fs::remove(folder_ / "run/failure.txt");
    }
  };
  const std::string line = train("gpt", "run", "mesh.dp=2");
  says_once(on(2, line + " --set optimizer.lrr=1"), "unknown key 'lrr' in optimizer", true);
  says_once(on(2, line + " --set model.layers=0"), "model.layers: '0' is out of range", true);
  says_once(on(2, line + " --set mesh.dp=3"), "3 data parallel ranks cannot share", true);
  says_once(on(2, line + " --set device.type=cuda"),
            "device.type: cuda runs in one process so far, and this run has 2", true);
  says_once(on(2, line + " --peaks 1"), "unknown option '--peaks'", false);
  says_once(on(2, program_path() + " bench trane x"), "there is no mode 'trane'", false);
  says_once(on(2, program_path() + " bench step " + path("gpt.yaml")), "one process is timed",
            false);
  says_once(on(2, program_path() + " export " + path("run")), "export is the work of one process",
            false);
  for (const char* words : {" help train", " help bench", " bench --help"}) {
    const Ended ended = shell(on(2, program_path() + words), 30);
    EXPECT_EQ(ended.status, 0) << words << ": " << ended.output;
  }
  const Ended help = shell(on(2, program_path() + " train --help"));
  EXPECT_EQ(help.status, 0) << help.output;
  EXPECT_EQ(help.output.find("tessera train CONFIG"), help.output.rfind("tessera train CONFIG"));
}

TEST_F(MeshFailure, ARankIsKilled) {
  expect_cause(meets(on(4, endless()), "kill -KILL $P2"), {"rank 2 (", ") died"});
  goes_on_with_fewer();
}

TEST_F(MeshFailure, RankZeroIsKilled) {
  expect_cause(meets(on(4, endless()), "kill -KILL $P0"), {"rank 0 (", ") died"});
  goes_on_with_fewer();
}

TEST_F(MeshFailure, ARankIsStopped) {
  const Ended ended = meets(on(4, endless()), "kill -STOP $P3");
  expect_cause(ended, {"rank 3 (", "has given no sign of life for 5 s", "waits for rank 3",
                       "to come to all_"});
  goes_on_with_fewer();
}

TEST_F(LongMeshFailure, RankZeroIsStopped) {
  const Ended ended = meets(on(4, endless()), "kill -STOP $P0");
  expect_cause(ended, {"rank 0 (", "has given no sign of life for 5 s"});
}

TEST_F(MeshFailure, AHostIsCutOff) { a_host_is_cut_off("host1"); }
TEST_F(LongMeshFailure, TheFirstHostIsCutOff) { a_host_is_cut_off("host0"); }

/// TCP tries again up to 4 s after a cable went, and then at 6.2 s, when the run would have been
/// given up.
TEST_F(MeshFailure, AShortOutageEndsNoRun) {
  if (no_hosts_here()) GTEST_SKIP() << "no network namespaces here";
  set_limits("silence_limit: 6, hang_limit: 8");
  const Ended ended =
      without_cable("host1", "sleep 4.05; $hosts --restore host1; sleep 4; kill -TERM $run");
  EXPECT_EQ(ended.status, 143) << ended.output;
  EXPECT_EQ(ended.output.find("sign of life"), std::string::npos) << ended.output;
  EXPECT_FALSE(fs::exists(folder_ / "run/failure.txt"));
  goes_on_with_fewer();
}

TEST_F(MeshFailure, AJobThatWasSuspendedGoesOn) {
  const Ended ended = meets(on(2, endless_on_two()),
                            "all=\"$run $(ps -o ppid= $P0) $P0 $P1\"\n"
                            "kill -STOP $all; sleep 8; kill -CONT $all; sleep 3; kill -TERM $run");
  EXPECT_EQ(ended.status, 143) << ended.output;
  EXPECT_EQ(read_file(folder_ / "screen").find("tessera: "), std::string::npos) << ended.output;
  EXPECT_FALSE(fs::exists(folder_ / "run/failure.txt"));
}

TEST_F(MeshFailure, MpirunIsKilled) {
  expect_mpirun_gone(meets(on(2, endless_on_two()),
                           "kill -KILL $(ps -o ppid= $P0)\n"
                           "while kill -0 $P0 || kill -0 $P1; do sleep 0.1; done 2>/dev/null"));
  goes_on_with_fewer();
}

/// One second of computing without a word to the others is more than MPI leaves a rank whose mpirun
/// is gone.
TEST_F(LongMeshFailure, MpirunIsKilledInALongStep) {
  const std::string slow =
      train("gpt", "run", "mesh.dp=2 model.hidden=512 model.context=512 batch.sequences=64") +
      " --set 'log.every=1 steps'";
  const Ended ended = meets(on(2, slow),
                            "sleep 2; kill -KILL $(ps -o ppid= $P0)\n"
                            "while kill -0 $P0 || kill -0 $P1; do sleep 0.1; done 2>/dev/null",
                            90, "step 1/");
  expect_mpirun_gone(ended);
}

TEST_F(MeshFailure, ACauseOfBeforeDoesNotStandForARankThatDiesEarly) {
  const std::string line = train("gpt", "run", "mesh.dp=2");
  EXPECT_NE(shell(on(2, line + " --set data.shards=" + path("nowhere"))).status, 0);
  ASSERT_NE(read_file(folder_ / "run/failure.txt").find("nowhere"), std::string::npos);
  const Ended ended = two(line, "bash -c 'sleep 3; kill -KILL $$'");
  EXPECT_NE(ended.status, 0);
  EXPECT_FALSE(fs::exists(folder_ / "run/failure.txt")) << read_file(folder_ / "run/failure.txt");
}

TEST_F(MeshFailure, AskedToStopOneRankSavesOnAll) {
  const Ended ended = meets(on(4, endless()), "kill -TERM $P2");
  EXPECT_EQ(ended.status, 143) << ended.output;
  EXPECT_NE(ended.output.find("stopped by SIGTERM"), std::string::npos) << ended.output;
  goes_on_with_fewer();
}

TEST_F(MeshFailure, StoppedThroughTheLauncherItsStatusIsTheSignals) {
  for (const auto& [signal, status] : {std::pair{"TERM", 143}, {"HUP", 129}}) {
    const Ended ended =
        meets(on(2, train("gpt", "run", "mesh.dp=2") + " --set 'train.steps=1000000 steps' --set "
                                                       "'log.every=5 steps'"),
              std::string("kill -") + signal + " $run");
    EXPECT_EQ(ended.status, status) << ended.output;
    EXPECT_NE(ended.output.find("stopped by SIGUSR1"), std::string::npos) << ended.output;
    fs::remove_all(folder_ / "run");
  }
}

TEST_F(MeshFailure, ToldTwiceToStopWhileARankStandsStillItSaves) {
  const Ended ended = meets(on(2, endless_on_two()),
                            "kill -STOP $P1; sleep 0.5; kill -HUP $run; sleep 1; kill -TERM $run");
  EXPECT_EQ(ended.status, 129) << ended.output;
  EXPECT_NE(ended.output.find("; saved as "), std::string::npos) << ended.output;
  goes_on_with_fewer();
}

TEST_F(MeshFailure, OneRankHasOtherSettings) {
  const std::string line = train("gpt", "run", "mesh.dp=2");
  expect_cause(two(line, line + " --set optimizer.lr=0.25"),
               {"config or data differ", "rank 1 on", "lr: 0.25"});
}

TEST_F(MeshFailure, OneRankIsOfAnotherBuild) {
  const std::string other = path("tessera");
  fs::copy(program_path(), other);
  std::ofstream(other, std::ios::app) << "another";  // behind all that is loaded
  const std::string line = train("gpt", "run", "mesh.dp=2");
  expect_cause(two(line, other + line.substr(line.find(' '))),
               {"the programs differ", "rank 1 on", "checksum", "Copy one build to all hosts"});
}

TEST_F(MeshFailure, BenchEndsOnAllWhereTheirConfigsDiffer) {
  const std::string line =
      program_path() + " bench train " + path("gpt.yaml") + " --set mesh.dp=2 --steps 3";
  const Ended ended = two(line, line + " --set model.hidden=32");
  EXPECT_NE(ended.status, 0);
  EXPECT_NE(ended.status, 124) << "it hung: " << ended.output;
  const size_t said = ended.output.find("tessera: error: ");
  ASSERT_NE(said, std::string::npos) << ended.output;
  EXPECT_NE(ended.output.find("where rank ", said), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("tessera: error: ", said + 1), std::string::npos) << ended.output;
}

TEST_F(MeshFailure, LimitsMustBeSeconds) {
  set_limits("hang_limit: soon");
  const Ended ended = shell(on(2, train("gpt", "run", "mesh.dp=2")));
  EXPECT_EQ(ended.status, 2) << ended.output;
  EXPECT_NE(ended.output.find("mesh.hang_limit"), std::string::npos) << ended.output;
}

TEST_F(MeshFailure, OneRankLacksTheData) {
  const std::string line = train("gpt", "run", "mesh.dp=2");
  expect_cause(two(line, line + " --set data.shards=" + path("nowhere")),
               {"rank 1 (", "nowhere: no such folder"});
}

TEST_F(MeshFailure, WhatIsWrongOnAllIsSaidOnce) {
  const Ended ended = shell(on(4, train("gpt", "run", "mesh.dp=2 mesh.tp=2 model.vocab=263")));
  EXPECT_NE(ended.status, 0);
  const size_t first = ended.output.find("tessera: error:");
  ASSERT_NE(first, std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("tessera: error:", first + 1), std::string::npos) << ended.output;
}

TEST_F(MeshFailure, OneRankHasNoMemory) {
  const std::string line = train("gpt", "run", "mesh.dp=2 model.hidden=1024");
  expect_cause(two(line, "bash -c 'ulimit -v 900000; exec " + line + "'"),
               {"rank 1 (", "ulimit -v"});
}

TEST_F(MeshFailure, OneRankCannotWriteItsPartOfACheckpoint) {
  const Ended ended =
      meets(on(4, endless() + " --set model.hidden=64 --set data_parallel.shard=parameters"),
            "prlimit --pid $P3 --fsize=4096:4096");
  expect_cause(ended, {"rank 3 (", "was not written", "Earlier checkpoints are as they were"});
}

TEST_F(LongMeshFailure, ASlowRankIsNamedWhileTheRunGoesOn) {
  const Ended ended =
      meets(on(2, endless_on_two()),
            "for i in {1..80}; do kill -STOP $P1; sleep 0.2; kill -CONT $P1; sleep 0.1; done\n"
            "kill -TERM $P0");
  EXPECT_EQ(ended.status, 143) << ended.output;
  EXPECT_NE(read_file(folder_ / "screen").find("is slow: the others waited for it"),
            std::string::npos)
      << ended.output;
}

}  // namespace
}  // namespace tessera
