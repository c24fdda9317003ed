#include "framework/tokenizer/file_kind.h"

#include <algorithm>
#include <array>

#include "framework/core/error.h"
#include "framework/tokenizer/bert_vocab.h"
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

const std::pair<const std::string, std::string>* model_file(const TokenizerFiles& files) {
  for (const auto& file : files.all())
    if (file.first.find(".model") != std::string::npos) return &file;  // also tokenizer.model.v1
  return nullptr;
}

bool holds_sentence_piece(const TokenizerFiles& files) { return model_file(files) != nullptr; }

FileTokenizer read_sentence_piece(const TokenizerFiles& files, const std::string& where) {
  const auto* file = model_file(files);
  return std::make_shared<const SentencePiece>(file->second, where + ": " + file->first);
}

constexpr std::array kKinds{
    FileKind{"tokenizer.json", holds_hugging_face, pipeline_of<read_hugging_face>},
    FileKind{"tekken", holds_tekken, pipeline_of<read_tekken>},
    FileKind{"tiktoken", holds_ranks, pipeline_of<read_tiktoken>},
    FileKind{"sentencepiece", holds_sentence_piece, read_sentence_piece},
    FileKind{"vocab.json and merges.txt", holds_gpt2_files, pipeline_of<read_gpt2_files>},
    FileKind{"vocab.txt", holds_bert_vocab, pipeline_of<read_bert_vocab>},
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
