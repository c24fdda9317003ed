#include "framework/tokenizer/rank_encodings.h"

#include <xxhash.h>

#include <algorithm>
#include <array>

#include "framework/core/error.h"

namespace tessera {
namespace {

using Specials = std::vector<std::pair<std::string, int64_t>>;

constexpr std::string_view kGpt2 =
    R"('(?:[sdmt]|ll|ve|re)| ?\p{L}++| ?\p{N}++| ?[^\s\p{L}\p{N}]++|\s++$|\s+(?!\S)|\s)";
constexpr std::string_view kCl100k =
    R"('(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s)";
constexpr std::string_view kO200k =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

Specials one_by_one(int64_t first, const std::vector<std::string>& names) {
  Specials specials;
  for (const std::string& name : names) specials.emplace_back(name, first++);
  return specials;
}

Specials gpt2(int64_t) { return {{"<|endoftext|>", 50256}}; }
Specials p50k(int64_t) { return {{"<|endoftext|>", 50256}}; }
Specials cl100k(int64_t) {
  return {{"<|endoftext|>", 100257},
          {"<|fim_prefix|>", 100258},
          {"<|fim_middle|>", 100259},
          {"<|fim_suffix|>", 100260},
          {"<|endofprompt|>", 100276}};
}
Specials o200k(int64_t) { return {{"<|endoftext|>", 199999}, {"<|endofprompt|>", 200018}}; }

/// Those of the models for 99 languages; the third large one has a further language.
Specials whisper(int64_t ranks) {
  constexpr std::string_view kLanguages =
      "en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu "
      "ta no th ur hr bg lt la mi ml cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn "
      "bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo ht ps tk nn "
      "mt sa lb my bo tl mg as tt haw ln ha ba jw su";
  std::vector<std::string> names = {"<|endoftext|>", "<|startoftranscript|>"};
  for (size_t at = 0; at < kLanguages.size();) {
    const size_t end = std::min(kLanguages.find(' ', at), kLanguages.size());
    names.push_back(fmt::format("<|{}|>", kLanguages.substr(at, end - at)));
    at = end + 1;
  }
  for (const char* name :
       {"translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"})
    names.push_back(fmt::format("<|{}|>", name));
  constexpr int kTimes = 1501;  // 0.00 to 30.00 seconds in steps of 0.02
  for (int i = 0; i < kTimes; ++i) names.push_back(fmt::format("<|{}.{:02}|>", i / 50, i % 50 * 2));
  return one_by_one(ranks, names);
}

Specials llama3(int64_t ranks) {
  std::vector<std::string> names = {"<|begin_of_text|>",
                                    "<|end_of_text|>",
                                    "<|reserved_special_token_0|>",
                                    "<|reserved_special_token_1|>",
                                    "<|finetune_right_pad_id|>",
                                    "<|step_id|>",
                                    "<|start_header_id|>",
                                    "<|end_header_id|>",
                                    "<|eom_id|>",
                                    "<|eot_id|>",
                                    "<|python_tag|>",
                                    "<|image|>"};
  for (int i = 2; names.size() < 256; ++i)
    names.push_back(fmt::format("<|reserved_special_token_{}|>", i));
  return one_by_one(ranks, names);
}

Specials qwen(int64_t ranks) {
  std::vector<std::string> names = {"<|endoftext|>", "<|im_start|>", "<|im_end|>"};
  for (int i = 0; i < 205; ++i) names.push_back(fmt::format("<|extra_{}|>", i));
  return one_by_one(ranks, names);
}

void add_reserved(std::vector<std::string>& names, std::string_view kind, int first, int last) {
  for (int i = first; i <= last; ++i)
    names.push_back(fmt::format("<|{}reserved_special_token_{}|>", kind, i));
}

Specials llama4(int64_t ranks) {
  std::vector<std::string> names;
  const auto add = [&](std::initializer_list<const char*> more) {
    for (const char* name : more) names.push_back(fmt::format("<|{}|>", name));
  };
  add({"begin_of_text", "end_of_text", "fim_prefix", "fim_middle", "fim_suffix", "header_start",
       "header_end", "eom", "eot", "step"});
  add_reserved(names, "text_post_train_", 0, 5);
  add({"python_start", "python_end", "finetune_right_pad"});
  add_reserved(names, "text_post_train_", 8, 68);
  add({"image_start", "image_end"});
  add_reserved(names, "vision_", 0, 1);
  add({"tile_x_separator", "tile_y_separator"});
  add_reserved(names, "vision_", 2, 5);
  add({"image"});
  add_reserved(names, "vision_", 6, 6);
  add({"patch"});
  add_reserved(names, "vision_", 7, 1047);
  add_reserved(names, "reasoning_", 0, 7);
  add({"reasoning_thinking_start", "reasoning_thinking_end"});
  add_reserved(names, "", 0, 2047 - static_cast<int>(names.size()));
  return one_by_one(ranks, names);
}

struct Known {
  std::string_view name;
  uint64_t hash;
  std::string_view expression;
  Specials (*specials)(int64_t ranks);
};

constexpr std::array kKnown{Known{"gpt2", 0x94228a781fc58862, kGpt2, gpt2},
                            Known{"multilingual of Whisper", 0xadf50c3c3998b917, kGpt2, whisper},
                            Known{"p50k_base", 0xbd33d04f0161ab65, kGpt2, p50k},
                            Known{"cl100k_base", 0xd22ac95e30426420, kCl100k, cl100k},
                            Known{"o200k_base", 0x42df77718e1d6577, kO200k, o200k},
                            Known{"Llama 3", 0x87198e362e55d2bc, kLlama3, llama3},
                            Known{"Llama 4", 0xfca0f5786ea433d5, kO200k, llama4},
                            Known{"Qwen", 0x9720b1cdd736d5fa, kQwen, qwen}};

uint64_t hash_of(const Vocabulary& ranks) {
  uint64_t hash = 0;
  for (int32_t id = 0; id < ranks.size(); ++id) {
    const std::string_view token = ranks.token(id);
    hash = XXH3_64bits_withSeed(token.data(), token.size(), hash);
  }
  return hash;
}

}  // namespace

std::optional<RankEncoding> known_rank_encoding(const Vocabulary& ranks) {
  const uint64_t hash = hash_of(ranks);
  for (const Known& known : kKnown)
    if (known.hash == hash) return rank_encoding(known.name, ranks.size());
  return std::nullopt;
}

RankEncoding rank_encoding(std::string_view name, int64_t ranks) {
  const auto known = std::ranges::find(kKnown, name, &Known::name);
  check(known != kKnown.end(), "no encoding is called {}", name);
  return {std::string(known->expression), known->specials(ranks)};
}

std::vector<std::string> names_of_rank_encodings() {
  std::vector<std::string> names;
  for (const Known& known : kKnown) names.emplace_back(known.name);
  return names;
}

}  // namespace tessera
