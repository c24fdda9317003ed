// What the tests of `tessera train`, `eval` and `generate` share: text, token shards and a tiny
// config in a folder for each test, and a way to run the program as a process.
#pragma once

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "tests/data/text_folder.h"
#include "tests/launch/program.h"
#include "tests/places.h"

namespace tessera {

inline void expect_in(const std::string& text, const std::vector<std::string>& parts) {
  for (const std::string& part : parts)
    EXPECT_NE(text.find(part), std::string::npos) << "'" << part << "' is not in: " << text;
}

/// A folder with token shards and a tiny config; runs go below it.
struct Workplace {
  TemporaryFolder folder;

  Workplace() {
    for (uint64_t i = 0; i < 20; ++i)
      write_file(folder / ("text/" + std::to_string(i)), random_text(i, 2000));
    EXPECT_EQ(program({"tokenize", path("text"), "--out", path("shards")}).status, 0);
    write_file(folder / "tiny.yaml",
               "model: {type: gpt, layers: 1, hidden: 16, heads: 2, context: 16}\n"
               "batch: {sequences: 4}\nschedule: {warmup: 2 steps}\ntrain: {steps: 12 steps}\n"
               "evaluate: {every: 5 steps, batches: 2}\ncheckpoint: {every: 2 steps}\n"
               "log: {every: 1 steps}\ndevice: {threads: 1}\ndata: {shards: " +
                   path("shards") + "}\n");
  }
  std::string path(const std::string& name) const { return (folder / name).string(); }
  /// The words of a command that trains into runs/NAME.
  std::vector<std::string> train(const std::string& run,
                                 const std::vector<std::string>& sets = {}) const {
    std::vector<std::string> words{"train", path("tiny.yaml"), "--peak", "100"};
    for (const std::string& set :
         {"log.folder=" + path(run), "checkpoint.folder=" + path(run + "/checkpoints")})
      words.insert(words.end(), {"--set", set});
    for (const std::string& set : sets) words.insert(words.end(), {"--set", set});
    return words;
  }
  /// The metrics without what depends on the clock.
  std::string curve(const std::string& run) const {
    std::istringstream in(read_file(folder / (run + "/metrics.jsonl")));
    std::string out;
    for (std::string line; std::getline(in, line);) {
      auto json = nlohmann::ordered_json::parse(line);
      for (const char* timing : {"seconds", "tokens_per_s", "eval_seconds", "mfu"})
        json.erase(timing);
      out += json.dump() + "\n";
    }
    return out;
  }
  std::string states(const std::string& run) const {
    return read_file(folder / (run + "/checkpoints/step-00000012/part-00000.safetensors"));
  }
};

/// Starts the program as a process of its own, its output in a file.
inline pid_t start(const std::vector<std::string>& args, const std::string& output) {
  std::vector<std::string> words{program_path()};
  words.insert(words.end(), args.begin(), args.end());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, 1, output.c_str(), O_WRONLY | O_CREAT | O_TRUNC,
                                     0644);
  ::posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t child = 0;
  EXPECT_EQ(::posix_spawn(&child, program_path().c_str(), &actions, nullptr, argv.data(), environ),
            0);
  ::posix_spawn_file_actions_destroy(&actions);
  return child;
}

inline int wait_for(pid_t child) {
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  return status;
}

}  // namespace tessera
