#include "launch/sentence_folder.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <system_error>

#include "framework/core/durable_file.h"
#include "framework/core/error.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

Json pooling_config(const Pooling& pooling, int64_t width) {
  return {{"word_embedding_dimension", width},
          {"pooling_mode_cls_token", pooling.mode == Pooling::Mode::cls},
          {"pooling_mode_mean_tokens", pooling.mode == Pooling::Mode::mean},
          {"pooling_mode_max_tokens", false},
          {"pooling_mode_mean_sqrt_len_tokens", false},
          {"pooling_mode_weightedmean_tokens", false},
          {"pooling_mode_lasttoken", pooling.mode == Pooling::Mode::last},
          {"include_prompt", true}};
}

Json modules(const Pooling& pooling) {
  Json out = Json::array();
  const auto add = [&](const char* path, const char* name) {
    const size_t number = out.size();
    out.push_back({{"idx", number},
                   {"name", std::to_string(number)},
                   {"path", path},
                   {"type", fmt::format("sentence_transformers.models.{}", name)}});
  };
  add("", "Transformer");
  add("1_Pooling", "Pooling");
  if (pooling.normalize) add("2_Normalize", "Normalize");
  return out;
}

void make_folder(const fs::path& folder) {
  std::error_code error;
  fs::create_directory(folder, error);
  require(!error, "{}: cannot be made: {}", folder.string(), error.message());
}

}  // namespace

void require_sentence_model(const ModelSource& source) {
  require(source.config.model.type == "bert",
          "export: --as sentence-transformers is for encoders, and {} is a {}",
          source.place.string(), source.config.model.type);
  require(!source.require_tokenizer()->files().all().empty(),
          "export: sentence-transformers needs the files of a tokenizer, and the tokens of {} are "
          "bytes",
          source.place.string());
}

void write_sentence_files(const fs::path& folder, const Pooling& pooling, int64_t width) {
  const auto write = [&](const char* name, const Json& content) {
    write_durable(folder / name, content.dump(2) + "\n");
  };
  write("modules.json", modules(pooling));
  write("sentence_bert_config.json",
        {{"max_seq_length", pooling.most_tokens}, {"do_lower_case", false}});
  write("config_sentence_transformers.json", {{"prompts", Json::object()},
                                              {"default_prompt_name", nullptr},
                                              {"similarity_fn_name", "cosine"}});
  make_folder(folder / "1_Pooling");
  write("1_Pooling/config.json", pooling_config(pooling, width));
  if (pooling.normalize) make_folder(folder / "2_Normalize");
  sync_directory(folder);
}

}  // namespace tessera
