// Runs of the program on several ranks, through launch/run and mpirun as a user starts them: a
// folder with token shards and a tiny GPT and BERT, commands, and what a run leaves.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/launch/shell.h"
#include "tests/places.h"

namespace tessera {

class MeshRun : public ::testing::Test {
 protected:
  void SetUp() override {
    for (uint64_t i = 0; i < 8; ++i)
      write_file(folder_ / ("text/" + std::to_string(i)), random_text(i, 2000));
    ASSERT_EQ(program({"tokenize", path("text"), "--out", path("shards")}).status, 0);
    for (const std::string model : {"gpt", "bert"})
      write_file(folder_ / (model + ".yaml"),
                 "model: {type: " + model +
                     ", layers: 2, hidden: 16, heads: 4, context: 16, vocab: 264, dropout: 0.1}\n"
                     "batch: {sequences: 4}\nschedule: {warmup: 2 steps}\ntrain: {steps: 6 steps}\n"
                     "evaluate: {every: 6 steps, batches: 2}\ncheckpoint: {every: 3 steps}\n"
                     "log: {every: 1 steps}\ndata: {shards: " +
                     path("shards") + "}\n");
  }

  std::string path(const std::string& name) const { return (folder_ / name).string(); }
  /// The command that trains `model` in the folder `run`; `sets` are written as in "mesh.dp=2
  /// mesh.tp=2".
  std::string train(const std::string& model, const std::string& run,
                    const std::string& sets = "") const {
    std::string line = program_path() + " train " + path(model + ".yaml") +
                       " --peak 100 --set log.folder=" + path(run) +
                       " --set checkpoint.folder=" + path(run + "/checkpoints");
    std::istringstream in(sets);
    for (std::string set; in >> set;) line += " --set " + set;
    return line;
  }
  /// The line that runs `command` on `ranks` ranks of this machine.
  static std::string on(int ranks, const std::string& command) {
    if (ranks == 1) return command;
    return "env -u TESSERA_HOSTS -u TESSERA_AGENT OMP_WAIT_POLICY=passive " + source_dir() +
           "/launch/run -n " + std::to_string(ranks) + " -- " + command;
  }
  /// The line that runs `command` on as many hosts, with a rank on each (launch/hosts).
  static std::string on_hosts(int hosts, const std::string& command) {
    const std::string n = std::to_string(hosts);
    return "env -u TESSERA_HOSTS -u TESSERA_AGENT OMP_WAIT_POLICY=passive " + source_dir() +
           "/launch/hosts " + n + " -- " + source_dir() + "/launch/run -n " + n + " -- " + command;
  }
  /// Whether launch/hosts can make hosts here.
  static bool namespaces_work() {
    return ::geteuid() == 0 &&
           shell("ip netns add tessera-mesh && ip netns del tessera-mesh; unshare --net true")
                   .status == 0;
  }
  /// Runs two ranks by mpirun, the second with other words.
  static Ended two(const std::string& first, const std::string& second) {
    return shell(
        "OMP_WAIT_POLICY=passive mpirun --oversubscribe --bind-to none "
        "--mca mpi_yield_when_idle 1 " +
        std::string(::geteuid() == 0 ? "--allow-run-as-root " : "") + "-n 1 " + first + " : -n 1 " +
        second + " | tail -n 20; exit ${PIPESTATUS[0]}");
  }
  /// Runs `line`, which must end well.
  void finishes(const std::string& line) const {
    const Ended ended = shell(line);
    ASSERT_EQ(ended.status, 0) << line << "\n" << ended.output;
  }
  /// The loss of every step that the run's metrics hold.
  std::vector<double> losses(const std::string& run) const {
    std::istringstream in(read_file(folder_ / (run + "/metrics.jsonl")));
    std::vector<double> out;
    for (std::string line; std::getline(in, line);) {
      const auto json = nlohmann::json::parse(line);
      if (json.contains("loss")) out.push_back(json.at("loss").get<double>());
    }
    return out;
  }
  /// All tensors of a checkpoint, as bytes.
  std::string tensors(const std::string& run, const std::string& step) const {
    std::vector<std::string> files;
    for (const auto& file : fs::directory_iterator(folder_ / (run + "/checkpoints/" + step)))
      if (file.path().extension() == ".safetensors") files.push_back(file.path().string());
    std::sort(files.begin(), files.end());
    std::string out;
    for (const std::string& file : files) out += read_file(file);
    return out;
  }
  /// Makes a run that has only the checkpoint of step 3 of another.
  void fork_at_3(const std::string& from, const std::string& to) const {
    const std::string step = "/checkpoints/step-00000003";
    fs::create_directories(folder_ / (to + "/checkpoints"));
    fs::copy(folder_ / (from + step), folder_ / (to + step), fs::copy_options::recursive);
  }

  TemporaryFolder folder_;
};

}  // namespace tessera
