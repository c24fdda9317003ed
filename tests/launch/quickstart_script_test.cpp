// launch/quickstart, the script: the words that it hands to the program. It stands here in a clone
// of its own, whose build does nothing and whose program says where it is and what it was given.
#include <sys/wait.h>

#include <cstdio>
#include <cstdlib>

#include "tests/data/text_folder.h"
#include "tests/places.h"

namespace tessera {
namespace {

struct Ended {
  int status = 0;
  std::string output;
};

class QuickstartScript : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto script = [&](const std::string& name, const std::string& text) {
      write_file(folder_ / name, "#!/bin/sh\n" + text + "\n");
      fs::permissions(folder_ / name, fs::perms::owner_all);
    };
    fs::create_directories(folder_ / "clone/launch");
    fs::copy(source_dir() + "/launch/quickstart", folder_ / "clone/launch/quickstart");
    script("clone/launch/build", "echo \"build $*\"");
    script("clone/build/release/tessera", "pwd\nfor word; do echo \"<$word>\"; done");
    write_file(folder_ / "clone/build/release/CMakeCache.txt",
               "CMAKE_CXX_COMPILER:FILEPATH=" + path("compiler") + "\n");
    script("compiler", "echo '# 1 \"/headers/of/it/vector\" 1 3'");
    fs::create_directories(folder_ / "home/my notes");
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  /// Runs the script with `words`, given as to a shell, by a user who stands in home.
  Ended run(const std::string& words) const {
    Ended out;
    const std::string command =
        "cd '" + path("home") + "' && ../clone/launch/quickstart " + words + " 2>&1";
    std::FILE* pipe = ::popen(command.c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    char buffer[4096];
    while (const size_t n = std::fread(buffer, 1, sizeof buffer, pipe))
      out.output.append(buffer, n);
    out.status = WEXITSTATUS(::pclose(pipe));
    return out;
  }

  void hands_on(const std::string& words, const std::vector<std::string>& wanted) const {
    const Ended ended = run(words);
    EXPECT_EQ(ended.status, 0) << words;
    std::string text = "build release tessera\n" + path("clone") + "\n<quickstart>\n";
    for (const std::string& word : wanted) text += "<" + word + ">\n";
    EXPECT_EQ(ended.output, text) << words;
  }

  TemporaryFolder folder_;
};

TEST_F(QuickstartScript, TakesTheCompilersHeadersByDefault) {
  hands_on("", {"/headers/of/it"});
  hands_on("--model bert", {"--model", "bert", "/headers/of/it"});
  hands_on("--set train.seed=2 --seconds=3",
           {"--set", "train.seed=2", "--seconds=3", "/headers/of/it"});
}

TEST_F(QuickstartScript, FindsTheFolderWhereverItStands) {
  const std::string notes = path("home/my notes");
  hands_on("'my notes'", {notes});
  hands_on("'my notes' --model bert", {notes, "--model", "bert"});
  hands_on("--model bert 'my notes'", {"--model", "bert", notes});
  hands_on("--model=bert '" + notes + "' --seconds 3", {"--model=bert", notes, "--seconds", "3"});
  hands_on("--configs conf 'my notes'", {"--configs", path("home/conf"), notes});
  hands_on("--configs=conf .", {"--configs=" + path("home/conf"), path("home/.")});
}

TEST_F(QuickstartScript, RefusesAFolderThatIsNotThereBeforeItBuilds) {
  const Ended ended = run("--model bert 'no notes'");
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.output, "quickstart: there is no file or folder 'no notes'\n");
}

TEST_F(QuickstartScript, SaysWhenTheHeadersAreNotFound) {
  write_file(folder_ / "compiler", "#!/bin/sh\n");
  fs::permissions(folder_ / "compiler", fs::perms::owner_all);
  const Ended ended = run("");
  EXPECT_EQ(ended.status, 2);
  EXPECT_NE(ended.output.find("name a folder"), std::string::npos) << ended.output;
}

TEST_F(QuickstartScript, ExplainsItselfWithoutBuilding) {
  const Ended ended = run("--help");
  EXPECT_EQ(ended.status, 0);
  EXPECT_NE(ended.output.find("launch/quickstart [FOLDER]"), std::string::npos) << ended.output;
  EXPECT_EQ(ended.output.find("build release"), std::string::npos) << ended.output;
}

TEST_F(QuickstartScript, RefusesAnOptionWithoutItsValue) {
  const Ended ended = run(". --model");
  EXPECT_EQ(ended.status, 2);
  EXPECT_EQ(ended.output, "quickstart: --model needs a value\n");
}

}  // namespace
}  // namespace tessera
