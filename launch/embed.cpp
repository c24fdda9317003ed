// `tessera embed` gives each line of a file a vector.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <optional>

#include "framework/core/error.h"
#include "framework/formats/safetensors_writer.h"
#include "framework/train/shared_reading.h"
#include "launch/model_on_mesh.h"
#include "launch/on_ranks.h"
#include "launch/overwrite_option.h"
#include "launch/pooling.h"
#include "launch/verbs.h"
#include "models/model.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream opened;
  if (file != "-") {
    opened.open(file);
    require(opened.good() && !fs::is_directory(file), "{}: cannot read; name a file of lines",
            file);
  }
  std::istream& in = file == "-" ? std::cin : opened;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(std::move(line));
  }
  require(!lines.empty(), "{} holds no line", file);
  return lines;
}

/// The ids of a line with the special tokens around it, of which the text gives way when there are
/// too many. Counts the lines that were cut.
std::vector<int32_t> ids_of(const std::string& line, const ModelSource& source, Encoder& encoder,
                            size_t most, uint64_t& cut) {
  std::vector<int32_t> text;
  encoder.encode(line, {}, text);
  const Pipeline* parts = source.tokenizer->pipeline();
  const auto framed = [&] {
    if (parts) return parts->parts().post_processor.apply(text);
    std::vector<int32_t> ids = text;
    if (source.marks.opened()) ids.insert(ids.begin(), source.marks.opens);
    return ids;
  };
  std::vector<int32_t> ids = framed();
  if (ids.size() > most) {
    ++cut;
    const size_t over = ids.size() - most;
    require(over <= text.size(), "--length: {} tokens have no room for the special tokens", most);
    text.resize(text.size() - over);
    ids = framed();
  }
  return ids;
}

/// The ids of all lines.
std::vector<std::vector<int32_t>> ids_of_lines(const std::string& file, const ModelSource& source,
                                               size_t most) {
  Encoder encoder(source.require_tokenizer());
  std::vector<std::vector<int32_t>> ids;
  uint64_t cut = 0;
  for (const std::string& text : lines_of(file))
    ids.push_back(ids_of(text, source, encoder, most, cut));
  if (cut > 0) fmt::print(stderr, "note: {} texts were cut to {} tokens\n", cut, most);
  const auto none = std::ranges::count_if(ids, [](const auto& own) { return own.empty(); });
  require(none < std::ssize(ids), "{}: no line has a token", file);
  if (none > 0)
    fmt::print(stderr,
               "note: {} lines have no token, since this model puts none around a text: their "
               "vectors are 0\n",
               none);
  return ids;
}

int embed(const Arguments& given, const Ranks& ranks) {
  const fs::path out = given.text("out");
  require(!out.empty(), "give --out: the file that takes the vectors");
  std::optional<OutputFile> file;
  if (ranks.leads()) file.emplace("embed", out, overwrite_of(given));
  const ModelOnMesh model = open_on_mesh(given.text("SOURCE"), given.list("set"), ranks);
  const ModelSource& source = model.source;
  const Pooling pooling = chosen_pooling(source.place, source.config.model.context, given);
  std::vector<std::vector<int32_t>> ids;
  if (ranks.leads())
    ids = ids_of_lines(given.text("FILE"), source, static_cast<size_t>(pooling.most_tokens));
  ids = model.replica.share_lists(std::move(ids));
  std::vector<TextReader::Text> texts;
  // A text without tokens has the vector 0, as in a batch of sentence-transformers (mean, last).
  std::vector<size_t> rows;
  for (size_t row = 0; row < ids.size(); ++row) {
    if (ids[row].empty()) continue;
    rows.push_back(row);
    texts.push_back({ids[row], {}});
  }

  Config config = model.config;
  config.task = {};  // the vectors of a classifier are those below its head
  SharedReader reader({shipped_models(), config, source.require_tokenizer()->vocab_size(),
                       model.device, model.replica, ReadingKind::encoding},
                      *source.tensors, texts);

  using Clock = std::chrono::steady_clock;
  const auto begun = Clock::now();
  const auto width = static_cast<size_t>(model.config.model.hidden);
  std::vector<float> embeddings(ranks.leads() ? ids.size() * width : 0);
  reader.read<float>([&](std::span<const float> hidden) { return pooling.apply(hidden, width); },
                     [&](size_t text, const std::vector<float>& vector) {
                       const auto place = static_cast<ptrdiff_t>(rows[text] * width);
                       std::ranges::copy(vector, embeddings.begin() + place);
                     });
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (!file) return 0;

  SafetensorsWriter writer(std::map<std::string, std::string>{{"format", "pt"}});
  writer.declare("embeddings", {DType::f32, {std::ssize(ids), static_cast<int64_t>(width)}});
  writer.create(file->partial());
  writer.write("embeddings", std::as_bytes(std::span(embeddings)));
  writer.finish();
  file->commit();
  fmt::print("{}: {} vectors of {} numbers, {:.1f} texts/s\n", out.string(), ids.size(), width,
             static_cast<double>(ids.size()) / std::max(seconds, 1e-9));
  return 0;
}

}  // namespace

int run_embed(std::span<const std::string> args) {
  const CommandLine line{
      .verb = "embed",
      .summary =
          "Gives each line of a file a vector: the tensor `embeddings`, a row for each line. "
          "A folder of sentence-transformers says how tokens become one vector.",
      .words = {{"SOURCE", kSourceHelp}, {"FILE", "a text in each line; - is standard input"}},
      .options = {set_option(),
                  {"out", "FILE", "the safetensors file to write"},
                  overwrite_option(),
                  pool_option(),
                  normalize_option(),
                  length_option()},
      .examples = {"minilm/ sentences.txt --out vectors.safetensors",
                   "runs/gpt-small lines.txt --pool last --normalize --out vectors.safetensors"}};
  return on_ranks(line, args, embed);
}

}  // namespace tessera
