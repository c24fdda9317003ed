#include "framework/tokenizer/gguf_pre_tokenizers.h"

#include <algorithm>
#include <vector>

#include "framework/core/error.h"
#include "framework/tokenizer/hugging_face_pre_tokenizer.h"

namespace tessera {
namespace {

using nlohmann::json;

constexpr std::string_view kGpt2 =
    R"('s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)";
constexpr std::string_view kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen2 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kQwen35 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}|)"
    R"( ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kTekken =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}|)"
    R"( ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kGpt4o =
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?|)"
    R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*)"
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|)"
    R"(\s+(?!\S)|\s+)";
constexpr std::string_view kDeepSeek3 =
    R"([!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|)"
    R"( ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
constexpr std::string_view kDeepSeekLetters =
    "\\s?[A-Za-z\\x{B5}\\x{C0}-\\x{D6}\\x{D8}-\\x{F6}\\x{F8}-\\x{1BA}\\x{1BC}-\\x{1BF}"
    "\\x{1C4}-\\x{293}\\x{295}-\\x{2AF}\\x{370}-\\x{373}\\x{376}\\x{377}\\x{37B}-\\x{37D}"
    "\\x{37F}\\x{386}\\x{388}-\\x{38A}\\x{38C}\\x{38E}-\\x{3A1}\\x{3A3}-\\x{3F5}"
    "\\x{3F7}-\\x{481}\\x{48A}-\\x{52F}\\x{531}-\\x{556}\\x{10A0}-\\x{10C5}\\x{13A0}-\\x{13F5}"
    "\\x{13F8}-\\x{13FD}\\x{1C90}-\\x{1CBA}\\x{1CBD}-\\x{1CBF}\\x{1D00}-\\x{1D2B}"
    "\\x{1D6B}-\\x{1D77}\\x{1D79}-\\x{1D9A}\\x{1E00}-\\x{1F15}\\x{1F18}-\\x{1F1D}"
    "\\x{1F20}-\\x{1F45}\\x{1F48}-\\x{1F4D}\\x{1F50}-\\x{1F57}\\x{1F59}\\x{1F5B}\\x{1F5D}"
    "\\x{1F5F}-\\x{1F7D}\\x{1F80}-\\x{1FB4}\\x{1FB6}-\\x{1FBC}\\x{1FBE}\\x{1FC2}-\\x{1FC4}"
    "\\x{1FC6}-\\x{1FCC}\\x{1FD0}-\\x{1FD3}\\x{1FD6}-\\x{1FDB}\\x{1FE0}-\\x{1FEC}"
    "\\x{1FF2}-\\x{1FF4}\\x{1FF6}-\\x{1FFC}\\x{2102}\\x{2107}\\x{210A}-\\x{2113}\\x{2115}"
    "\\x{2119}-\\x{211D}\\x{2124}\\x{2126}\\x{2128}\\x{212A}-\\x{212D}\\x{212F}-\\x{2134}"
    "\\x{2139}\\x{213C}-\\x{213F}\\x{2145}-\\x{2149}\\x{214E}\\x{2183}\\x{2184}"
    "\\x{2C00}-\\x{2C7B}\\x{2C7E}-\\x{2CE4}\\x{2CEB}-\\x{2CEE}\\x{2CF2}\\x{2CF3}"
    "\\x{A640}-\\x{A66D}\\x{A680}-\\x{A69B}\\x{A722}-\\x{A76F}\\x{A771}-\\x{A787}"
    "\\x{A78B}-\\x{A78E}\\x{AB70}-\\x{ABBF}\\x{FB00}-\\x{FB06}\\x{FB13}-\\x{FB17}"
    "\\x{FF21}-\\x{FF3A}\\x{FF41}-\\x{FF5A}\\x{10400}-\\x{1044F}\\x{104B0}-\\x{104D3}"
    "\\x{104D8}-\\x{104FB}\\x{10C80}-\\x{10CB2}\\x{10CC0}-\\x{10CF2}\\x{118A0}-\\x{118DF}"
    "\\x{1E900}-\\x{1E943}]+";
constexpr std::string_view kDeepSeekSigns =
    "\\s?[!-/:-~\\x{FF01}-\\x{FF0F}\\x{FF1A}-\\x{FF5E}\\x{2018}-\\x{201F}\\x{3000}-\\x{3002}]+";
constexpr std::string_view kDeepSeekIdeographs =
    "[\\x{4E00}-\\x{9FA5}\\x{0800}-\\x{4E00}\\x{AC00}-\\x{D7FF}]+";

json split(std::string_view expression) {
  return {{"type", "Split"},
          {"pattern", {{"Regex", expression}}},
          {"behavior", "Isolated"},
          {"invert", false}};
}
json digits(bool one_by_one) { return {{"type", "Digits"}, {"individual_digits", one_by_one}}; }
json punctuation() { return {{"type", "Punctuation"}, {"behavior", "Contiguous"}}; }
/// Bytes as the model's alphabet; with GPT-2's own expression, or without.
json bytes(bool expression) {
  return {{"type", "ByteLevel"},
          {"add_prefix_space", false},
          {"trim_offsets", true},
          {"use_regex", expression}};
}
json sequence(std::vector<json> steps) {
  return {{"type", "Sequence"}, {"pretokenizers", std::move(steps)}};
}

struct Known {
  std::string_view name;
  json (*make)();
  bool whole_pieces_first = false, opens_texts = false;
  bool written = false;  // the name that a tokenizer with these parts goes out with
};

json gpt2() { return bytes(true); }
json gpt2_digits() { return sequence({digits(true), bytes(true)}); }
json llama3() { return sequence({split(kLlama3), bytes(false)}); }
json qwen2() { return sequence({split(kQwen2), bytes(false)}); }
json tekken() { return sequence({split(kTekken), bytes(false)}); }
json gpt4o() { return sequence({split(kGpt4o), bytes(false)}); }
json qwen35() { return sequence({split(kQwen35), bytes(false)}); }
// Falcon cuts digits by threes after GPT-2's expression.
json falcon() {
  return sequence({punctuation(), split(kGpt2), split("[0-9][0-9][0-9]"), bytes(false)});
}
json deepseek_coder() {
  return sequence({split("[\\r\\n]"), split("\\s?\\p{L}+"), split("\\s?\\p{P}+"),
                   split(kDeepSeekIdeographs), digits(true), bytes(false)});
}
json deepseek_llm() {
  return sequence({split("[\\r\\n]"), split(kDeepSeekLetters), split(kDeepSeekSigns),
                   split("\\s+$"), split(kDeepSeekIdeographs), digits(false), bytes(false)});
}
json deepseek3() {
  return sequence({split("\\p{N}{1,3}"),
                   split("[\\x{4E00}-\\x{9FA5}\\x{3040}-\\x{309F}\\x{30A0}-\\x{30FF}]+"),
                   split(kDeepSeek3), bytes(false)});
}

constexpr Known kKnown[] = {
    {"gpt-2", gpt2, false, false, true},
    {"phi-2", gpt2},
    {"mpt", gpt2},
    {"olmo", gpt2},
    {"jais", gpt2},
    {"trillion", gpt2},
    {"granite-docling", gpt2},
    {"exaone4", gpt2},
    {"jina-es", gpt2},
    {"jina-de", gpt2},
    {"jina-v2-es", gpt2},
    {"jina-v2-de", gpt2},
    {"modern-bert", gpt2},
    {"smollm", gpt2_digits, false, false, true},
    {"starcoder", gpt2_digits},
    {"refact", gpt2_digits},
    {"command-r", gpt2_digits},
    {"codeshell", gpt2_digits},
    {"exaone", gpt2_digits},
    {"minerva-7b", gpt2_digits},
    {"llama-bpe", llama3, true, true, true},
    {"llama3", llama3, true, true},
    {"llama-v3", llama3, true, true},
    {"falcon3", llama3, true, true},
    {"glm4", llama3, true},
    {"chatglm-bpe", llama3},
    {"smaug-bpe", llama3, false, false, true},
    {"dbrx", llama3},
    {"qwen2", qwen2, false, false, true},
    {"deepseek-r1-qwen", qwen2},
    {"stablelm2", qwen2},
    {"megrez", qwen2},
    {"hunyuan", qwen2},
    {"grok-2", qwen2},
    {"qwen35", qwen35},
    {"tekken", tekken, true, true},
    {"gpt-4o", gpt4o},
    {"llama4", gpt4o},
    {"falcon", falcon},
    {"deepseek-coder", deepseek_coder},
    {"deepseek-llm", deepseek_llm},
    {"deepseek-v3", deepseek3},
    {"hunyuan-dense", deepseek3},
};

/// Whether both cut alike; false for steps that no name has.
bool same_step(const PreTokenizerStep& a, const PreTokenizerStep& b) {
  if (a.index() != b.index()) return false;
  if (const auto* x = std::get_if<ByteLevelStep>(&a)) {
    const auto& y = std::get<ByteLevelStep>(b);
    return x->add_prefix_space == y.add_prefix_space && x->use_regex == y.use_regex;
  }
  if (const auto* x = std::get_if<DigitsStep>(&a))
    return x->individual == std::get<DigitsStep>(b).individual;
  const auto* x = std::get_if<SplitStep>(&a);
  if (x == nullptr) return false;
  const auto& y = std::get<SplitStep>(b);
  return x->pattern.is_regex() == y.pattern.is_regex() && x->pattern.text() == y.pattern.text() &&
         x->delimiter == y.delimiter && x->invert == y.invert;
}

}  // namespace

std::string_view gguf_pre_tokenizer_name(const PreTokenizer& pre_tokenizer,
                                         bool whole_pieces_first) {
  for (const Known& one : kKnown) {
    if (!one.written || one.whole_pieces_first != whole_pieces_first) continue;
    if (std::ranges::equal(parse_pre_tokenizer(one.make(), std::string(one.name)).steps(),
                           pre_tokenizer.steps(), same_step))
      return one.name;
  }
  return {};
}

std::string written_gguf_pre_tokenizers() {
  std::string names;
  for (const Known& one : kKnown)
    if (one.written) names.append(names.empty() ? "" : ", ").append(one.name);
  return names;
}

GgufPreTokenizer gguf_pre_tokenizer(const std::string& name, const std::string& what) {
  require(!name.empty(),
          "{}: has no tokenizer.ggml.pre, so nothing tells how texts are cut; give the "
          "tokenizer.json of the model in place of this file",
          what);
  std::string names;
  for (const Known& one : kKnown) {
    if (one.name == name) return {one.make(), one.whole_pieces_first, one.opens_texts};
    names.append(names.empty() ? "" : ", ").append(one.name);
  }
  user_error(
      "{}: tokenizer.ggml.pre is '{}', whose way to cut texts is not known to this program (known: "
      "{}); give the tokenizer.json of the model in place of this file",
      what, name, names);
}

}  // namespace tessera
