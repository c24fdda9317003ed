// launch/run and launch/hostfile.sh in a clone of their own, between stand-ins that say which
// machine this is and what mpirun was given.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "tests/data/text_folder.h"
#include "tests/launch/shell.h"
#include "tests/places.h"

namespace tessera {

class RunScript : public ::testing::Test {
 protected:
  void SetUp() override {
    fs::create_directories(folder_ / "clone/launch");
    for (const char* name : {"run", "hostfile.sh"})
      fs::copy(source_dir() + "/launch/" + name, folder_ / "clone/launch" / name);
    script("clone/build/release/tessera", "exit 0");
    script("bin/id", "echo 1000");
    script("bin/mpirun",
           "[ \"$1\" != --version ] || { echo 'mpirun (Open MPI) 4.1.4'; exit 0; }\n"
           "for word; do echo \"<$word>\"; done\n"
           "exit 7");
    machine("16 8 0-15 0-15");
    script("bin/uname", "echo here.cluster");
    script("bin/hostname", "echo 192.0.2.7 fd00::7");
    // This is what the hosts file and name servers know.
    script("bin/getent",
           "case $2 in\n"
           "  trainer) echo '192.0.2.7 STREAM trainer' ;;\n"
           "  alpha) echo '192.0.2.8 STREAM alpha' ;;\n"
           "  fd00:0::*) echo \"fd00::${2##*:} STREAM\" ;;\n"
           "  *:*) echo \"$2 STREAM\" ;;\n"
           "  *) exit 2 ;;\n"
           "esac");
    script("agent", "echo '32 16 0-31 0-31'");
    write_file(folder_ / "hosts", "# two of them\nalpha slots=4\n\nbeta  max_slots=9 slots = 2\n");
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  void script(const std::string& name, const std::string& text) const {
    fs::create_directories((folder_ / name).parent_path());
    write_file(folder_ / name, "#!/bin/bash\n" + text + "\n");
    fs::permissions(folder_ / name, fs::perms::owner_all);
  }
  /// Sets what launch/run learns from sh: hardware threads and cores of this machine, those that we
  /// may use, those that it has.
  void machine(const std::string& seen) const { script("bin/sh", "echo '" + seen + "'"); }

  Ended run(const std::string& words, const std::string& environment = "") const {
    return shell("cd '" + folder_.path().string() +
                 "'; env -u OMP_NUM_THREADS -u OMP_WAIT_POLICY -u TESSERA_HOSTS " +
                 "-u TESSERA_AGENT PATH=\"$PWD/bin:$PATH\" " + environment + " clone/launch/run " +
                 words);
  }
  void prints(const std::string& words, const std::string& line,
              const std::string& environment = "") const {
    const Ended ended = run("--print " + words, environment);
    EXPECT_EQ(ended.status, 0) << words;
    EXPECT_EQ(ended.output, line + "\n") << words;
  }
  void refuses(const std::string& words, const std::string& reason,
               const std::string& environment = "") const {
    const Ended ended = run(words, environment);
    EXPECT_EQ(ended.status, 2) << words;
    EXPECT_NE(ended.output.find(reason), std::string::npos) << words << ": " << ended.output;
    EXPECT_EQ(ended.output.find('<'), std::string::npos) << words << " reached mpirun";
  }

  TemporaryFolder folder_;
};

}  // namespace tessera
