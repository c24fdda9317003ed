// `tessera plan` as a user meets it: the summary, and the graphs after a pass.
#include <algorithm>
#include <sstream>

#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {
namespace {

ProgramRun plan(const std::vector<std::string>& more) {
  std::vector<std::string> words{"plan", source_dir() + "/configs/quickstart-gpt.yaml"};
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

TEST(Plan, ShowsTheGraphsOfPassesThatOnlyAMeshHas) {
  for (const std::string pass : {"partition", "bucket", "overlap"}) {
    const ProgramRun run = plan({"--mesh", "dp=2", "--after", pass, "--graph", "step"});
    EXPECT_EQ(run.status, 0) << pass << ": " << run.err;
    expect_in(run.out, "graph \"step\"");
    expect_in(run.out, "all_reduce");
    const ProgramRun alone = plan({"--after", pass});
    EXPECT_EQ(alone.status, 2);
    expect_in(alone.err, "there is no pass '" + pass + "'; known: model, ");
    expect_in(alone.err, "partition (on a mesh), chunk");
    expect_in(alone.err, "bucket (on a mesh), overlap (on a mesh)");
  }
}

TEST(Plan, PlansForAnyMesh) {
  const ProgramRun run =
      plan({"--mesh", "dp=64,tp=4", "--set", "model.vocab=264", "--set", "batch.sequences=128",
            "--set", "batch.accumulate=2", "--flops", "100GFLOP/s", "--links",
            "intra=20GB/s:5us,inter=1Gbit/s:50us", "--memory", "1GiB"});
  EXPECT_EQ(run.status, 0) << run.err;
  for (const char* part :
       {"each of the 256 ranks of the mesh dp=64,tp=4", "collectives of one micro-step",
        "collectives of one update (2 micro-steps)", "FLOPs of one update on each rank",
        "predicted time of one update", "exposed, along dp", "exposed, along tp", "critical path",
        "of 1.00 GiB that each process may use"})
    expect_in(run.out, part);
}

TEST(Plan, TakesTheConfigsMeshOtherwise) {
  const ProgramRun run = plan({"--set", "mesh.dp=2"});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out, "each of the 2 ranks of the mesh dp=2");
  const ProgramRun one = plan({"--set", "mesh.dp=auto"});
  EXPECT_EQ(one.status, 0) << one.err;
  expect_in(one.out, "no collectives: one rank");
}

TEST(Plan, SaysWhichSizesAMeshWouldDivide) {
  for (const char* shard : {"none", "parameters"}) {
    const ProgramRun run =
        plan({"--mesh", "dp=3,tp=8", "--set", "model.heads=2", "--set", "batch.sequences=4",
              "--set", std::string("data_parallel.shard=") + shard});
    EXPECT_EQ(run.status, 2);
    expect_in(run.err, "2 heads are fewer than 8 tensor parallel ranks");
    expect_in(run.err, "near sizes that divide: --set batch.sequences=6 --set model.heads=8");
  }
}

TEST(Plan, SaysWhatToPadATokenizersVocabularyTo) {
  const ProgramRun run = plan({"--mesh", "tp=2"});
  EXPECT_EQ(run.status, 2);
  expect_in(run.err, "vocabulary of 261 (model.vocab: auto) cannot be shared by 2 tensor parallel");
  expect_in(run.err, "--set model.vocab=262");
  EXPECT_EQ(plan({"--mesh", "tp=2", "--set", "model.vocab=262"}).status, 0);
}

/// GPT-2 1.5B has 25 heads: each of eight ranks computes four, the last one mostly padding.
TEST(Plan, PadsHeadsThatTheMeshDoesNotDivide) {
  const ProgramRun run = program({"plan", source_dir() + "/configs/gpt2-1.5b.yaml", "--mesh",
                                  "dp=32,tp=8", "--memory", "16GiB"});
  EXPECT_EQ(run.status, 0) << run.err;
  expect_in(run.out, "each of the 256 ranks of the mesh dp=32,tp=8");
  expect_in(run.out, "25 heads are computed as 32");
}

TEST(Plan, ProposesMeshesThatFit) {
  const std::vector<std::string> large{"--set", "model.hidden=512", "--set", "device.reserve=0 B",
                                       "--set", "batch.sequences=8"};
  std::vector<std::string> words{"--mesh", "dp=2,tp=1", "--memory", "40MiB"};
  words.insert(words.end(), large.begin(), large.end());
  const ProgramRun run = plan(words);
  EXPECT_EQ(run.status, 2);
  expect_in(run.err, "this run does not fit");
  const std::string title = "meshes that would, and what each rank needs:";
  expect_in(run.err, title);
  const std::string listed = run.err.substr(run.err.find(title) + title.size() + 1);
  EXPECT_LE(std::count(listed.begin(), listed.end(), '\n'), 5);
  // The first proposal fits.
  const std::string line = listed.substr(0, listed.find('\n'));
  std::vector<std::string> again{"--memory", "40MiB"};
  again.insert(again.end(), large.begin(), large.end());
  std::istringstream stream(line.substr(line.find("--mesh")));
  for (std::string word; stream >> word;) again.push_back(word);
  const ProgramRun better = plan(again);
  EXPECT_EQ(better.status, 0) << line << better.err;
}

TEST(Plan, RefusesOptionsThatSayNothing) {
  const auto error = [](const std::vector<std::string>& words) {
    const ProgramRun run = plan(words);
    EXPECT_EQ(run.status, 2);
    return run.err;
  };
  expect_in(error({"--mesh", "dp=2,pp=2"}),
            "--mesh dp=2,pp=2: there is no axis 'pp'; write dp and tp");
  expect_in(error({"--memory", "16"}), "plan: --memory: ");
  expect_in(error({"--links", "dp=1GB/s:1us"}), "plan: --links needs --flops");
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
