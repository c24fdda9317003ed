// The folder of a run follows the name of its config file, in whatever script that is written.
#include "framework/config/run_name.h"

#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

#include "framework/config/parse.h"
#include "models/model.h"
#include "tests/config/expect_error.h"

namespace tessera {
namespace {

TEST(RunName, IsThatOfTheFile) {
  EXPECT_EQ(run_folder_of("configs/gpt-small.yaml"), "runs/gpt-small");
  EXPECT_EQ(run_folder_of("实验一.yaml"), "runs/实验一");
  EXPECT_EQ(run_folder_of("实验二.yaml"), "runs/实验二");
  EXPECT_EQ(run_folder_of("/x/Größe опыт.yml"), "runs/Größe опыт");
  EXPECT_EQ(run_folder_of("a b.yaml"), "runs/a b");
  EXPECT_EQ(run_folder_of("lr=1e-3,wd=0.1.yaml"), "runs/lr=1e-3,wd=0.1");
  EXPECT_EQ(run_folder_of("v1.2"), "runs/v1");
  EXPECT_EQ(run_folder_of(".yaml"), "runs/.yaml");
}

TEST(RunName, LeavesOutWhatNoConfigCanHold) {
  EXPECT_EQ(run_folder_of("a\tb.yaml"), "runs/a-b");
  EXPECT_EQ(run_folder_of("a\nb.yaml"), "runs/a-b");
  EXPECT_EQ(run_folder_of("caf\xe9.yaml"), "runs/caf-");
  EXPECT_EQ(run_folder_of("\xe5\xae.yaml"), "runs/--");
  for (const char* no_name : {"..yaml", "...yaml", ".", "..", ""})
    EXPECT_EQ(run_folder_of(no_name), "runs/run") << no_name;
}

TEST(RunName, EarlierVersionsGaveOthers) {
  EXPECT_EQ(earlier_run_folder_of("a b.yaml"), "runs/a-b");
  EXPECT_EQ(earlier_run_folder_of("实验一.yaml"), "runs/run");
  EXPECT_EQ(earlier_run_folder_of("configs/gpt-small.yaml"), "runs/gpt-small");
}

TEST(RunName, CountsOnlyWhereNoFolderIsStated) {
  std::string name = "/tmp/tessera-config-XXXXXX";
  const int file = ::mkstemp(name.data());
  ASSERT_GE(file, 0);
  ::close(file);
  const auto follows = [&](const std::string& text, const std::vector<std::string>& sets) {
    std::ofstream(name) << text;
    return folder_follows_name(shipped_models().kinds(), name, sets);
  };
  EXPECT_TRUE(follows(gpt(), {}));
  EXPECT_TRUE(follows(gpt("log: {folder: auto}\n"), {}));
  EXPECT_FALSE(follows(gpt("log: {folder: runs/x}\n"), {}));
  EXPECT_FALSE(follows(gpt(), {"log.folder=runs/x"}));
  EXPECT_TRUE(follows(gpt("log: {folder: runs/x}\n"), {"log.folder=auto"}));
  ::unlink(name.c_str());
}

}  // namespace
}  // namespace tessera
