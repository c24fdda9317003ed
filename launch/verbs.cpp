#include "launch/verbs.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <string_view>
#include <vector>

#include "framework/config/nearest.h"
#include "framework/core/error.h"
#include "framework/record/failure.h"
#include "launch/output_failure.h"
#include "launch/shell_word.h"
#include "launch/started.h"
#include "launch/version.h"

namespace tessera {
namespace {

constexpr int kBug = 1, kUser = 2;

struct Verb {
  std::string_view name;
  std::string_view summary;
  int (*run)(std::span<const std::string> args);
  /// What the verb does when it is started as several processes: they share the work, one process
  /// prints, or the verb is refused.
  enum class Together { shares, prints, refuses } together = Together::refuses;
};

constexpr Verb kVerbs[] = {
    {"bench", "time training steps, the ops inside a step, or one op", run_bench,
     Verb::Together::shares},
    {"chat", "show conversations as a chat template makes text of them", run_chat},
    {"config", "print the resolved config, or list every key with its meaning", run_config,
     Verb::Together::prints},
    {"data", "show what a run is fed: the batch of a step, figures of token shards", run_data},
    {"doctor", "say what this machine has, how fast it is, and what it misses", run_doctor},
    {"embed", "give each line of a file a vector", run_embed, Verb::Together::shares},
    {"eval", "measure a model on its held-out data, on text, questions or labels", run_eval,
     Verb::Together::shares},
    {"export", "write a model as Hugging Face's libraries read it", run_export},
    {"generate", "continue a text with a trained GPT", run_generate, Verb::Together::shares},
    {"import", "keep a model of another program as a checkpoint", run_import},
    {"new", "look at a model and data, and write the config of a run", run_new},
    {"plan", "say what a run needs before it starts: memory, FLOPs, graphs", run_plan},
    {"predict", "tell the labels of texts with a trained classifier", run_predict,
     Verb::Together::shares},
    {"quickstart", "train a small model on real text in minutes, and say how good it is",
     run_quickstart},
    {"tokenize", "turn text files into token shards, which train reads", run_tokenize},
    {"tokenizer", "train a tokenizer, show it at work, encode and decode with it", run_tokenizer},
    {"train", "train a model, or go on where a run was stopped", run_train, Verb::Together::shares},
    {"verify", "run a config on two meshes and compare them tensor by tensor", run_verify},
};

std::string overview() {
  std::string text = "tessera VERB [WORDS] [OPTIONS]\n\n";
  for (const Verb& verb : kVerbs) text += fmt::format("  {:<12}{}\n", verb.name, verb.summary);
  return text + "\n`tessera help VERB` explains one; `tessera --version` tells the version.\n";
}

const Verb& find_verb(const std::string& name) {
  std::vector<std::string> known{"help"};
  for (const Verb& verb : kVerbs) {
    if (verb.name == name) return verb;
    known.emplace_back(verb.name);
  }
  require(!name.starts_with('-') || name == "-",
          "unknown option '{}'; the verb comes first: tessera VERB [WORDS] [OPTIONS]", name);
  const auto meant = nearest(name, known);
  user_error("unknown verb '{}'{}; `tessera help` lists them", name,
             meant ? "; did you mean '" + *meant + "'?" : "");
}

/// Runs the verb, or throws UserError when it was started as several processes and is the work of
/// one.
int run(const Verb& verb, std::span<const std::string> args) {
  const int ranks = how_started().ranks;
  std::string words;
  for (const std::string& word : args) words += " " + shell_word(word);
  const bool helps = std::ranges::any_of(
      args, [](const std::string& word) { return word == "--help" || word == "-h"; });
  require(ranks == 1 || verb.together != Verb::Together::refuses || helps,
          "{} is the work of one process, and {} were started; give it without launch/run (mpirun, "
          "srun): tessera {}{}{}",
          verb.name, ranks, verb.name, words,
          verb.run == run_plan
              ? fmt::format("; --mesh, such as --mesh dp={}, states the mesh to plan for", ranks)
              : "");
  return verb.run(args);
}

/// Whether this process has a part in the command. When several processes were started, only the
/// first runs a command whose work they do not share.
bool takes_part(const std::string& name) {
  const auto shares = [&](const Verb& verb) {
    return verb.name == name && verb.together == Verb::Together::shares;
  };
  return how_started().leads() || std::ranges::any_of(kVerbs, shares);
}

int dispatch(std::span<const std::string> args) {
  const std::string first = args.empty() ? "help" : args.front();
  if (!takes_part(first)) return 0;
  if (first == "--version") {
    require(args.size() == 1, "--version stands alone: '{}' is one word too many", args.back());
    fmt::print("tessera {}\n", version_text());
    return 0;
  }
  if (first != "help" && first != "--help" && first != "-h")
    return run(find_verb(first), args.subspan(1));
  if (args.size() < 2) {
    fmt::print("{}", overview());
    return 0;
  }
  require(args.size() == 2 || (args.size() == 3 && args[1] == "tokenizer"),
          "help explains one verb at a time");
  if (args[1] == "help") {
    fmt::print("{}", overview());
    return 0;
  }
  std::vector<std::string> words(args.begin() + 2, args.end());  // a mode
  words.emplace_back("--help");
  return find_verb(args[1]).run(words);
}

/// Sends what was printed to standard output on its way.
void finish_output() {
  errno = 0;
  const bool sent = std::fflush(stdout) == 0 && !output_has_failed();
  const std::string reason = errno != 0 ? std::strerror(errno) : "an earlier write has failed";
  if (!sent) end_if_reader_is_gone();
  require(sent, "standard output cannot be written: {}", reason);
}

int complain(std::string_view kind, std::string_view what, int status) noexcept {
  std::fflush(stdout);
  std::fprintf(stderr, "tessera: %.*s%.*s\n", static_cast<int>(kind.size()), kind.data(),
               static_cast<int>(what.size()), what.data());
  return status;
}

}  // namespace

int run_program(std::span<const std::string> args) noexcept {
  try {
    const int status = dispatch(args);
    finish_output();
    return status;
  } catch (const std::exception& error) {
    end_if_reader_is_gone();
    return complain(is_bug(error) ? "" : "error: ", explained(error), is_bug(error) ? kBug : kUser);
  } catch (...) {
    return complain("", "internal error, a bug in Tessera: something unknown was thrown", kBug);
  }
}

}  // namespace tessera
