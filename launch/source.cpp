#include "launch/source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "framework/core/error.h"
#include "framework/core/json.h"
#include "launch/checkpoint_source.h"
#include "launch/document_marks.h"
#include "models/model.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

/// Whether a SentencePiece model, which says nothing of the kind, has its bos token put before texts.
bool adds_bos(const TokenizerFiles& files) {
  constexpr const char* kConfig = "tokenizer_config.json";
  const std::string* text = files.find(kConfig);
  if (text == nullptr) return false;
  const nlohmann::json config = parse_json_object(*text, kConfig);
  const auto found = config.find("add_bos_token");
  return found != config.end() && found->is_boolean() && found->get<bool>();
}

/// The token that another program's tokenizer puts in front of a text, and the one that ends texts.
DocumentMarks marks_of(const Tokenizer& tokenizer) {
  const SpecialTokens& special = tokenizer.special();
  DocumentMarks marks{.closes = special.end_of_text != SpecialTokens::kNone
                                    ? special.end_of_text
                                    : special.end_of_document};
  if (const Pipeline* parts = tokenizer.pipeline()) {
    const PostProcessor::Item& first = parts->parts().post_processor.single.front();
    if (first.kind == PostProcessor::Item::Kind::special) marks.opens = first.id;
  } else if (adds_bos(tokenizer.files())) {
    marks.opens = special.begin_of_text;
  }
  return marks;
}

ModelSource from_outside(const fs::path& path, std::span<const std::string> sets, bool tells) {
  auto model = std::make_shared<const OutsideModel>(shipped_models(), path);
  if (tells)
    for (const std::string& note : model->notes()) fmt::print(stderr, "note: {}\n", note);
  ModelSource source;
  source.place = path;
  source.tokenizer = tokenizer_beside(path);
  if (source.tokenizer) source.marks = marks_of(*source.tokenizer);
  source.config = model->config(sets);
  const int64_t rows = source.config.model.vocab.value_or(0);
  auto tensors = model->tensors(source.config, rows);
  if (const auto& left_out = tensors->left_out(); tells && !left_out.empty())
    fmt::print(stderr, "note: the model has no use for {}\n", fmt::join(left_out, ", "));
  source.outside_tensors = tensors.get();
  source.tensors = std::move(tensors);
  source.outside = std::move(model);
  return source;
}

}  // namespace

std::shared_ptr<const Tokenizer> tokenizer_beside(const fs::path& place) {
  try {
    TokenizerFiles::read(place);
  } catch (const UserError&) {
    // A folder has no files of a tokenizer; a .gguf has none that is known, and require_tokenizer()
    // says why if one is needed.
    return nullptr;
  }
  return load_tokenizer(place);
}

bool is_outside_model(const std::string& named) { return OutsideModel::is_at(named); }

const std::shared_ptr<const Tokenizer>& ModelSource::require_tokenizer() const {
  if (tokenizer == nullptr && place.extension() == ".gguf") TokenizerFiles::read(place);
  require(tokenizer != nullptr,
          "{}: there are no files of a tokenizer beside the weights, such as tokenizer.json; put "
          "them there",
          place.string());
  return tokenizer;
}

int64_t ModelSource::usable_ids() const {
  const int64_t rows = config.model.vocab.value_or(tokenizer ? tokenizer->vocab_size() : 0);
  return tokenizer ? std::min<int64_t>(rows, tokenizer->vocab_size()) : rows;
}

ModelSource open_source(const std::string& named, std::span<const std::string> sets, bool tells) {
  if (is_outside_model(named)) return from_outside(named, sets, tells);
  CheckpointSource found = find_checkpoint(named, sets, tells);
  auto reader = std::make_unique<CheckpointReader>(found.checkpoint);
  ModelSource source;
  source.place = found.checkpoint;
  source.config = std::move(found.config);
  source.tokenizer = tokenizer_of(*reader);
  source.marks = document_marks_of(*reader, *source.tokenizer);
  source.checkpoint = reader.get();
  source.tensors = std::move(reader);
  return source;
}

}  // namespace tessera
