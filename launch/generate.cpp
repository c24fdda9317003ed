// `tessera generate` continues texts with a trained model: one, shown as it is made, or many, as
// lines of JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>

#include "framework/core/error.h"
#include "framework/train/shared_completion.h"
#include "framework/train/stop_text.h"
#include "launch/chat_source.h"
#include "launch/command_line.h"
#include "launch/generate_options.h"
#include "launch/generate_prompts.h"
#include "launch/generate_tokens.h"
#include "launch/model_on_mesh.h"
#include "launch/on_ranks.h"
#include "launch/output_lines.h"
#include "launch/overwrite_option.h"
#include "launch/verbs.h"

namespace tessera {
namespace {

std::vector<std::vector<int32_t>> encoded(const std::vector<Prompt>& prompts,
                                          const ModelSource& source, const Arguments& given) {
  const std::string where = given.has("prompts") ? "--prompts" : "--prompt";
  std::optional<ChatTemplate> chat;
  if (given.has("chat")) chat = chat_template_of(source);
  const bool opened = source.marks.opened() && !chat;  // a template writes such tokens itself
  const int64_t context = source.config.model.context;
  std::vector<std::vector<int32_t>> out;
  for (const Prompt& prompt : prompts) {
    const std::string here =
        prompts.size() == 1 ? where : fmt::format("{}, prompt {}", where, out.size() + 1);
    std::vector<int32_t> ids;
    if (opened) ids.push_back(source.marks.opens);
    const std::vector<int32_t> text =
        chat ? source.tokenizer->encode(
                   chat_prompt(*chat, prompt.text, given.text("system"), prompt.members, here),
                   {.specials = true})
             : source.tokenizer->encode(prompt.text);
    ids.insert(ids.end(), text.begin(), text.end());
    require(!ids.empty(),
            "{}: it is empty, and no token opens the documents that {} was trained on; give the "
            "first words",
            here, source.place.string());
    require(static_cast<int64_t>(ids.size()) <= context,
            "{}: {} tokens{} do not fit: model.context is {}; shorten the prompt", here,
            text.size(), opened ? " and the one that every document begins with" : "", context);
    out.push_back(std::move(ids));
  }
  return out;
}

/// Writes results as lines of JSON, in the order of the prompts.
class JsonLines {
 public:
  JsonLines(OutputLines& output, const std::vector<Prompt>& prompts)
      : output_(output), prompts_(prompts) {}

  void add(size_t number, const Completion& completion, const std::string& text, bool scored) {
    nlohmann::ordered_json line = prompts_[number].members;
    if (!line.contains("messages")) line["prompt"] = prompts_[number].text;
    line["text"] = text;
    line["ids"] = completion.ids;
    if (!completion.likelihoods.empty()) add_likelihoods(line, completion);
    if (scored) line["score"] = completion.score;
    line["ended"] = to_string(completion.end);
    waiting_[number] =
        line.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    for (auto next = waiting_.find(written_); next != waiting_.end();
         next = waiting_.find(++written_)) {
      output_.add(next->second);
      waiting_.erase(next);
    }
  }

 private:
  static void add_likelihoods(nlohmann::ordered_json& line, const Completion& completion) {
    auto& logprobs = line["logprobs"] = nlohmann::ordered_json::array();
    for (const auto& made : completion.likelihoods) logprobs.push_back(made.logprob);
    if (completion.likelihoods.front().likeliest.empty()) return;
    auto& likeliest = line["likeliest"] = nlohmann::ordered_json::array();
    for (const auto& made : completion.likelihoods) likeliest.push_back(made.likeliest);
  }

  OutputLines& output_;
  const std::vector<Prompt>& prompts_;
  size_t written_ = 0;
  std::map<size_t, std::string> waiting_;  // lines whose turn has not come
};

void show(const std::string& text) {
  fmt::print("{}", text);
  std::fflush(stdout);
}

/// The text of made tokens, up to a stop string.
std::string text_of(StopText text, std::span<const int32_t> ids) {
  std::string out;
  for (const int32_t id : ids) out += text.add(id);
  return out + text.finish();
}

/// What rank 0 makes of the command line and its files.
struct Work {
  std::vector<Prompt> prompts;
  std::vector<std::vector<int32_t>> ids;
};

/// The prompts as ids, on all ranks; the prompts themselves are at rank 0 alone.
Work shared_work(const Arguments& given, const ModelOnMesh& model, const Ranks& ranks) {
  Work work;
  if (ranks.leads()) {
    work.prompts = given.has("prompts") ? read_prompts(given.text("prompts"), given.has("chat"))
                                        : std::vector<Prompt>{{given.text("prompt")}};
    work.ids = encoded(work.prompts, model.source, given);
    const int64_t replicas = model.replica.count(), count = std::ssize(work.ids);
    require(
        replicas <= count,
        "{} ranks along mesh.dp share the prompts out, and there {}: start fewer ranks, or have "
        "more of them split the model with --set mesh.tp=N",
        replicas, count == 1 ? "is one" : fmt::format("are {}", count));
  }
  work.ids = model.replica.share_lists(std::move(work.ids));
  return work;
}

void generate(const Arguments& given, const Ranks& ranks) {
  GenerateOptions options = generate_options_of(given);
  require(!given.has("prompt") || !given.has("prompts"), "give --prompt or --prompts, not both");
  require(options.json || !given.has("out"), "--out: it takes JSON lines; give --json");
  const bool chats = given.has("chat");
  require(chats || !given.has("system"), "--system: only a chat has it; give --chat");
  std::optional<OutputLines> output;
  if (ranks.leads()) output.emplace("generate", given);
  const ModelOnMesh model = open_on_mesh(given.text("SOURCE"), given.list("set"), ranks);
  const ModelSource& source = model.source;
  const auto tokenizer = source.require_tokenizer();
  CompletionOptions& completion = options.completion;
  completion.usable = source.usable_ids();
  completion.ends = ending_tokens(source);
  const Work work = shared_work(given, model, ranks);
  const std::vector<Prompt>& prompts = work.prompts;
  const auto& ids = work.ids;

  size_t longest = 0;
  for (const auto& prompt : ids) longest = std::max(longest, prompt.size());
  const bool beams = completion.beams.beams > 1;
  const int64_t prompts_of_each = (std::ssize(ids) - 1) / model.replica.count() + 1;
  const GenerationSize size{
      .rows = beams ? completion.beams.beams : std::min<int64_t>(options.batch, prompts_of_each),
      .positions = static_cast<int64_t>(longest) + completion.most,
      .prompt = static_cast<int64_t>(longest),
      .reorders = beams};
  Generator generator(shipped_models(), model.config, tokenizer->vocab_size(), model.device, size,
                      model.replica);
  generator.load(*source.tensors);

  std::vector<std::unique_ptr<StopText>> texts(ids.size());
  const auto begin = [&](size_t number) {
    return StopText(*tokenizer, options.stops, ids[number]);
  };
  const bool streams = !options.json && ranks.leads();
  CompletionEvents events;
  events.made = [&](size_t number, int32_t id) {
    if (!texts[number]) {
      texts[number] = std::make_unique<StopText>(begin(number));
      if (streams && !chats) show(prompts[number].text);
    }
    const std::string text = texts[number]->add(id);
    if (streams) show(text);
    return !texts[number]->found();
  };
  if (!options.stops.empty())
    events.stops = [&](size_t number, std::span<const int32_t> so_far) {
      StopText text = begin(number);
      for (const int32_t id : so_far) text.add(id);
      return text.found();
    };
  std::unique_ptr<JsonLines> lines;
  if (options.json && output) lines = std::make_unique<JsonLines>(*output, prompts);
  events.done = [&](size_t number, const Completion& done) {
    if (lines) return lines->add(number, done, text_of(begin(number), done.ids), beams);
    if (beams) show((chats ? "" : prompts[number].text) + text_of(begin(number), done.ids));
    if (texts[number]) show(texts[number]->finish());
    show("\n");
    if (done.end == Completion::End::context)
      fmt::print(stderr, "stopped after {} tokens: model.context = {} is full\n", done.ids.size(),
                 model.config.model.context);
  };
  events.ended = [&](size_t number) { texts[number].reset(); };
  complete_shared(generator, ids, completion, events);
  if (output) output->finish();
}

}  // namespace

int run_generate(std::span<const std::string> args) {
  CommandLine line{
      .verb = "generate",
      .summary = "Continues texts with a trained model, through key/value caches.",
      .words = {{"SOURCE", kSourceHelp}},
      .options = {{"prompt", "TEXT", "what to continue (default: the start of a document)"},
                  {"prompts", "FILE", "one prompt per line, or JSON lines {\"prompt\": …}"},
                  {"chat", "", "answer the prompt, through the model's chat template"},
                  {"system", "TEXT", "with --chat: what the system tells the model first"}},
      .examples = {"runs/gpt-small --prompts prompts.txt --out texts.jsonl"}};
  for (Option& option : generate_options()) line.options.push_back(std::move(option));
  line.options.push_back({"json", "", "print lines of JSON, as --prompts does"});
  line.options.push_back({"out", "FILE", "write the lines of JSON there"});
  line.options.push_back(overwrite_option());
  line.options.push_back(set_option());
  return on_ranks(line, args, [](const Arguments& given, const Ranks& ranks) {
    generate(given, ranks);
    return 0;
  });
}

}  // namespace tessera
