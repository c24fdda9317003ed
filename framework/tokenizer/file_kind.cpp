#include "framework/tokenizer/file_kind.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"
#include "framework/tokenizer/bert_vocab.h"
#include "framework/tokenizer/files_of_folder.h"
#include "framework/tokenizer/gpt2_files.h"
#include "framework/tokenizer/hugging_face.h"
#include "framework/tokenizer/tekken.h"
#include "framework/tokenizer/tiktoken.h"

namespace tessera {
namespace {

template <PipelineParts (*kRead)(const TokenizerFiles&, const std::string&)>
FileTokenizer pipeline_of(const TokenizerFiles& files, const std::string& where) {
  return std::make_shared<const Pipeline>(kRead(files, where));
}

std::vector<std::string> model_names(const TokenizerFiles& files) {
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files.all())
    if (is_model_name(name)) names.push_back(name);
  return names;
}

bool holds_sentence_piece(const TokenizerFiles& files) { return !model_names(files).empty(); }

FileTokenizer read_sentence_piece(const TokenizerFiles& files, const std::string& where) {
  const std::string name = model_names(files).front();
  return std::make_shared<const SentencePiece>(*files.find(name), where + ": " + name);
}

std::vector<std::string> one_name(const TokenizerFiles&) { return {}; }

std::vector<std::string> gpt2_names(const TokenizerFiles& files) {
  return {files.find("vocab.json") != nullptr ? "vocab.json" : "encoder.json"};
}

constexpr std::array kKinds{
    FileKind{"tokenizer.json", holds_hugging_face, one_name, pipeline_of<read_hugging_face>},
    FileKind{"tekken", holds_tekken, one_name, pipeline_of<read_tekken>},
    FileKind{"tiktoken", holds_ranks, rank_file_names, pipeline_of<read_tiktoken>},
    FileKind{"sentencepiece", holds_sentence_piece, model_names, read_sentence_piece},
    FileKind{"vocab.json and merges.txt", holds_gpt2_files, gpt2_names,
             pipeline_of<read_gpt2_files>},
    FileKind{"vocab.txt", holds_bert_vocab, one_name, pipeline_of<read_bert_vocab>},
};

}  // namespace

const FileKind& kind_of_files(const TokenizerFiles& files, const std::string& where) {
  for (const FileKind& kind : kKinds)
    if (kind.fits(files)) return kind;
  std::vector<std::string> names;
  for (const auto& [name, bytes] : files.all()) names.push_back(name);
  user_error("{}: no tokenizer that this program knows (known kinds: {}); its files are {}", where,
             fmt::join(names_of_file_kinds(), ", "), fmt::join(names, ", "));
}

bool is_file_kind(std::string_view name) {
  return std::any_of(kKinds.begin(), kKinds.end(),
                     [&](const FileKind& kind) { return kind.name == name; });
}

std::vector<std::string> names_of_file_kinds() {
  std::vector<std::string> names;
  for (const FileKind& kind : kKinds) names.emplace_back(kind.name);
  return names;
}

}  // namespace tessera
