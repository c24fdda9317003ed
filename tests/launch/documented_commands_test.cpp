// The commands of docs/*.md that stand in indented blocks are run as they are written, in a folder
// with small models that lie where the pages say that models lie.
#include <sstream>

#include "tests/launch/program.h"
#include "tests/launch/shell.h"
#include "tests/places.h"
#include "tests/shown_files.h"
#include "tests/temporary_folder.h"

namespace tessera {
namespace {

/// The commands of a page: lines of indented blocks that start the program, alone, behind a pipe, or
/// as several ranks.
std::vector<std::string> commands_of(const std::string& page) {
  std::istringstream lines(read_source(page));
  std::vector<std::string> commands;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("    ")) continue;
    line.erase(0, line.find_first_not_of(' '));
    if (line.starts_with("$ ")) line.erase(0, 2);
    const bool starts = line.starts_with("tessera ") || line.starts_with("launch/run ") ||
                        line.find("| tessera ") != std::string::npos;
    if (starts) commands.push_back(line);
  }
  return commands;
}

void run(const std::vector<std::string>& words) {
  const ProgramRun done = program(words);
  ASSERT_EQ(done.status, 0) << words[0] << ": " << done.err;
}

/// A folder with what the pages speak of.
class Place {
 public:
  Place() {
    for (uint64_t i = 0; i < 4; ++i)
      write_file(folder_ / ("folder/" + std::to_string(i)), random_text(i, 4000));
    write_file(folder_ / "book.txt", random_text(5, 6000));
    write_file(folder_ / "prompts.txt", "The \nA \n");
    for (const char* name : {"sentences.txt", "lines.txt"})
      write_file(folder_ / name, "a man is eating\n\na girl\n");
    write_file(folder_ / "questions.jsonl",
               R"({"context": "The capital is", "choices": ["Rome", "Paris"], "answer": 1})");
    write_file(folder_ / "talks.jsonl", R"({"messages": [{"role": "user", "content": "Hi"}]})");
    write_file(folder_ / "chat_template.jinja", kTemplate);
    std::string reviews = "text\tlabel\n", unseen = "text\n";
    for (int i = 0; i < 80; ++i)
      reviews += fmt::format("it was {}{}\t{}\n", i % 2 ? "good" : "bad", i,
                             i % 2 ? "positive" : "negative");
    for (int i = 0; i < 3; ++i) unseen += fmt::format("it was good{}\n", i);
    write_file(folder_ / "reviews.tsv", reviews);
    write_file(folder_ / "new.tsv", unseen);
    make_models();
  }

  const fs::path& folder() const { return folder_.path(); }

 private:
  std::string path(const std::string& name) const { return (folder_ / name).string(); }

  void train(const std::string& name, const std::string& model) const {
    write_file(folder_ / (name + ".yaml"),
               "model: {layers: 1, hidden: 32, heads: 2, context: 512, " + model +
                   "}\nbatch: {sequences: 2, length: 24}\ntrain: {steps: 2 steps}\nevaluate: "
                   "{every: 0 steps}\ndevice: {threads: 1}\n");
    run({"train", path(name + ".yaml"), "--peak", "1", "--set",
         "log.folder=" + path("runs/" + name), "--set",
         "data.shards=" + path(name == "bert" ? "pieces" : "bytes")});
  }

  void make_models() const {
    run({"tokenizer", "train", path("folder"), "--vocab", "300", "--out", path("tok")});
    run({"tokenizer", "train", path("folder"), "--type", "wordpiece", "--vocab", "120", "--out",
         path("tok-bert")});
    run({"tokenize", path("folder"), "--tokenizer", path("tok"), "--out", path("bytes")});
    run({"tokenize", path("folder"), "--tokenizer", path("tok-bert"), "--out", path("pieces")});
    train("gpt-small", "type: gpt");
    train("bert", "type: bert");
    train("llama", "type: gpt, positions: rotary, norm: rms, activation: silu_gated, bias: false");
    run({"export", path("runs/gpt-small"), "--out", path("gpt2")});
    run({"export", path("runs/llama"), "--out", path("llama")});
    write_file(folder_ / "llama/chat_template.jinja", kTemplate);
    run({"export", path("llama"), "--as", "gguf", "--out", path("smollm2.gguf")});
    run({"export", path("runs/bert"), "--as", "sentence-transformers", "--pool", "mean", "--out",
         path("minilm")});
    fs::copy(folder_ / "runs/gpt-small", folder_ / "runs/my", fs::copy_options::recursive);
    write_file(folder_ / "continued.yaml",
               "init: {from: gpt2/}\ndata: {shards: bytes}\nbatch: {sequences: 2, length: 24}\n"
               "train: {steps: 2 steps}\nevaluate: {every: 0 steps}\n");
  }

  static constexpr const char* kTemplate =
      "{{ bos_token }}{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}";
  TemporaryFolder folder_;
};

/// One test, since every test is a process of its own and would make the models anew.
TEST(Documentation, ItsCommandsRunAsTheyAreWritten) {
  const Place place;
  for (const char* name :
       {"import", "export", "generate", "classify", "evaluate", "embed", "chat"}) {
    const std::string page = std::string("docs/") + name + ".md";
    const std::vector<std::string> commands = commands_of(page);
    EXPECT_FALSE(commands.empty()) << page;
    const TemporaryFolder here;
    fs::copy(place.folder(), here.path(), fs::copy_options::recursive);
    fs::create_directory(here / "bin");
    fs::create_symlink(program_path(), here / "bin/tessera");
    write_file(here / "launch/run", "#!/bin/bash\nexec env -u TESSERA_HOSTS -u TESSERA_AGENT " +
                                        source_dir() + "/launch/run \"$1\" \"$2\" -- " +
                                        program_path() + " \"${@:3}\"\n");
    fs::permissions(here / "launch/run", fs::perms::owner_all);
    for (const std::string& command : commands) {
      const Ended ended = shell(
          "cd " + here.path().string() +
          " && export PATH=$PWD/bin:$PATH OMP_NUM_THREADS=1 OMP_WAIT_POLICY=passive && " + command);
      EXPECT_EQ(ended.status, 0) << page << ": " << command << "\n" << ended.output;
    }
  }
}

}  // namespace
}  // namespace tessera
