// Any bytes as a text for tokenizers of every make. The first byte of the input says which one.
#include <memory>
#include <nlohmann/json.hpp>

#include "framework/tokenizer/byte_level.h"
#include "tests/fuzz/check_tokenizer.h"
#include "tests/fuzz/fuzz_target.h"
#include "tests/tokenizer/sentence_piece_model.h"

namespace tessera {
namespace {

using nlohmann::json;
using Files = std::map<std::string, std::string>;

const std::vector<std::string> kMerged = {"th", "he",  "the", "in",   "an",       "  ",      "ll",
                                          " t", " th", "aa",  "aaaa", "\xc3\xa9", "\xe2\x82"};

/// All bytes and then kMerged, as GPT-2's files.
Files byte_level() {
  json vocab = json::object();
  for (int byte = 0; byte < 256; ++byte)
    vocab[to_byte_characters(std::string(1, static_cast<char>(byte)))] = byte;
  for (size_t i = 0; i < kMerged.size(); ++i) vocab[to_byte_characters(kMerged[i])] = 256 + i;
  std::string merges;
  for (const std::string& token : kMerged) {
    const size_t half = token.size() == 4 ? 2 : token == " th" ? 2 : 1;
    merges += to_byte_characters(token.substr(0, half)) + " " +
              to_byte_characters(token.substr(half)) + "\n";
  }
  return {{"vocab.json", vocab.dump()}, {"merges.txt", merges}};
}

/// The same as a tokenizer.json with an expression that no scanner knows, and added tokens.
Files split_by_expression() {
  Files files = byte_level();
  json merges = json::array();
  for (size_t at = 0, end; (end = files["merges.txt"].find('\n', at)) != std::string::npos;
       at = end + 1)
    merges.push_back(files["merges.txt"].substr(at, end - at));
  json file = json::parse(R"({
    "added_tokens": [
      {"id": 269, "content": "<x>", "single_word": false, "lstrip": false, "rstrip": true,
       "normalized": false, "special": true},
      {"id": 270, "content": "ab", "single_word": true, "lstrip": false, "rstrip": false,
       "normalized": true, "special": false}],
    "normalizer": {"type": "NFC"},
    "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
      {"type": "Split", "pattern": {"Regex": "\\p{N}{1,3}(?!\\d)|[^\\s\\p{N}]+|\\s+(?!\\S)|\\s+"},
       "behavior": "Isolated", "invert": false},
      {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false}]},
    "decoder": {"type": "ByteLevel"},
    "model": {"type": "BPE"}})");
  file["model"]["vocab"] = json::parse(files["vocab.json"]);
  file["model"]["merges"] = merges;
  return {{"tokenizer.json", file.dump()}};
}

Files word_pieces() {
  return {{"vocab.txt",
           "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\na\nb\nthe\n##a\n##b\n##he\n##e\nt\n,\n.\n1\n##1\n"
           "\xe4\xb8\xad\ne\n"}};
}

/// Metaspace and byte tokens, as Llama 2 has them in a tokenizer.json.
Files marked_words(const char* type) {
  const std::vector<std::string> tokens = {"<unk>", "\xe2\x96\x81", "a", "b", "t", "h",
                                           "th",    "\xe2\x96\x81t"};
  json vocab = type == std::string("BPE") ? json::object() : json::array();
  for (size_t i = 0; i < tokens.size(); ++i)
    vocab.is_object() ? vocab[tokens[i]] = i : vocab += json::array({tokens[i], -1.0 * i});
  json model = {{"type", type}, {"vocab", vocab}, {"byte_fallback", true}};
  if (vocab.is_object())
    model.update({{"merges", {"t h", "\xe2\x96\x81 t"}}, {"unk_token", "<unk>"}});
  else
    model["unk_id"] = 0;
  const json mark = {{"type", "Metaspace"}, {"replacement", "\xe2\x96\x81"}};
  return {{"tokenizer.json",
           json{{"pre_tokenizer", mark}, {"decoder", mark}, {"model", model}}.dump()}};
}

Files sentence_pieces(uint64_t algorithm, bool changes_spaces) {
  std::string model = piece("<unk>", 0, kUnknown) + piece("<s>", 0, kControl);
  float score = 0;
  for (const char* text : {"\xe2\x96\x81t", "he", "\xe2\x96\x81the", "th", "ab", "aa", "aaaa",
                           "\xe2\x96\x81\xe2\x96\x81", "b\xe2\x96\x81", "\xe2\x96\x81", "a", "b",
                           "t", "h", "e", "\xc3\xa9"})
    model += piece(text, score -= 1);
  model += piece("<x>", 0, kUserDefined);
  for (int byte = 0; byte < 256; ++byte) model += piece(fmt::format("<0x{:02X}>", byte), 0, kByte);
  return {{"spiece.model",
           model + training(algorithm, true) + identity(changes_spaces, changes_spaces)}};
}

const std::vector<std::unique_ptr<const Tokenizer>>& tokenizers() {
  static const auto made = [] {
    std::vector<std::unique_ptr<const Tokenizer>> list;
    list.push_back(std::make_unique<Tokenizer>(ByteTokenizer{}));
    try {
      for (const Files& files :
           {byte_level(), split_by_expression(), word_pieces(), marked_words("BPE"),
            marked_words("Unigram"), sentence_pieces(1, true), sentence_pieces(1, false),
            sentence_pieces(2, true), sentence_pieces(2, false)})
        list.push_back(std::make_unique<Tokenizer>(TokenizerFiles(files), "the files"));
    } catch (const UserError& error) {  // which would pass for an answer
      internal_error("{}", error.what());
    }
    return list;
  }();
  return made;
}

void encode(std::string_view input) {
  const Tokenizer& tokenizer = *tokenizers()[take_byte(input) % tokenizers().size()];
  check_tokenizer(tokenizer, input);
  WordCache cache(input.size());
  std::vector<int32_t> first, second;
  tokenizer.encode(input, {}, cache, first);
  tokenizer.encode(input, {}, cache, second);
  check(first == second, "ids from the cache are others");
  const Pipeline* parts = tokenizer.pipeline();
  const bool keeps_bytes =
      tokenizer.kind() == ByteTokenizer::kType ||
      (parts != nullptr && parts->byte_level() && parts->parts().normalizer.empty());
  check(!keeps_bytes || tokenizer.decode(first) == input, "decoding gives other bytes");
}

}  // namespace
}  // namespace tessera

TESSERA_FUZZ_TARGET(encode, tessera::encode)
