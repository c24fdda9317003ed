// `tessera plan` as a user meets it: the summary, and the graphs after a pass.
#include "tests/launch/program.h"

namespace tessera {
namespace {

ProgramRun plan(const std::vector<std::string>& more) {
  std::vector<std::string> words{"plan", TESSERA_SOURCE_DIR "/configs/quickstart-gpt.yaml"};
  for (const char* set : {"model.layers=1", "model.hidden=32", "model.context=32"})
    words.insert(words.end(), {"--set", set});
  words.insert(words.end(), more.begin(), more.end());
  return program(words);
}

ProgramRun after(const std::string& pass, const std::string& graph) {
  return plan({"--set", "batch.accumulate=2", "--after", pass, "--graph", graph});
}

void expect_in(const std::string& text, const std::string& part) {
  EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

TEST(Plan, SaysMemoryAndFlops) {
  const ProgramRun run = plan({});
  EXPECT_EQ(run.status, 0) << run.err;
  for (const char* part : {"GFLOP of \"step\" by op", "model FLOPs of one update", "fits: "})
    expect_in(run.out, part);
}

TEST(Plan, ShowsEveryGraphOfAPass) {
  for (const std::string pass :
       {"grad", "optimizer", "precision", "chunk", "recompute", "fuse", "order", "plan"}) {
    for (const std::string graph : {"first", "micro"}) {
      const ProgramRun run = after(pass, graph);
      EXPECT_EQ(run.status, 0) << pass << ": " << run.err;
      expect_in(run.out, graph);
      expect_in(run.out, "loss");
    }
  }
  expect_in(after("optimizer", "update").out, "adamw");
}

TEST(Plan, AGraphNeedsAPass) {
  const ProgramRun run = plan({"--graph", "step"});
  EXPECT_EQ(run.status, 2);
  EXPECT_EQ(run.out, "");
  expect_in(run.err, "--graph needs --after PASS");
}

TEST(Plan, RefusesThreadsOutOfAllProportion) {
  for (const char* threads : {"40000", "65536"}) {
    const ProgramRun run = plan({"--set", std::string("device.threads=") + threads});
    EXPECT_EQ(run.status, 2);
    expect_in(run.err, std::string("device.threads: ") + threads + " threads on ");
  }
}

TEST(Plan, NamesThePassesAndGraphsThatThereAre) {
  const ProgramRun graph = after("optimizer", "evaluate");
  EXPECT_EQ(graph.status, 2);
  expect_in(graph.err,
            "there is no graph 'evaluate' after optimizer; there are: first, micro, update\n");
  const ProgramRun pass = after("grads", "first");
  EXPECT_EQ(pass.status, 2);
  expect_in(pass.err, "there is no pass 'grads'; known: model, grad, optimizer");
}

}  // namespace
}  // namespace tessera
