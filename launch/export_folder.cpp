#include "launch/export_folder.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/assembly/device.h"
#include "framework/assembly/probe.h"
#include "framework/config/value.h"
#include "framework/core/durable_file.h"
#include "framework/core/error.h"
#include "framework/data/output_folder.h"
#include "framework/formats/safetensors_shards.h"
#include "launch/classifier_source.h"
#include "launch/export_tokenizer.h"
#include "launch/model_card.h"
#include "launch/origin_files.h"
#include "launch/sentence_folder.h"
#include "models/outside_config.h"
#include "models/outside_export.h"

namespace tessera {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

/// Anything in the folder is the user's.
const OldOutput kExportOutput{.called = "an exported model",
                              .alone_in = [](const fs::path&) { return false; }};

void set_tokens(Json& config, const ModelSource& source) {
  if (!source.tokenizer) return;
  const SpecialTokens& special = source.tokenizer->special();
  const auto set = [&](const char* key, int32_t id) {
    if (!config.contains(key) && id >= 0) config[key] = id;
  };
  // Between documents an encoder has its separator, which begins and ends no text.
  const int32_t mark = source.config.model.type == "gpt" ? special.end_of_document : -1;
  const auto or_mark = [&](int32_t id) { return id >= 0 ? id : mark; };
  set("bos_token_id", or_mark(special.begin_of_text));
  set("eos_token_id", or_mark(special.end_of_text));
  set("pad_token_id", special.pad);
}

std::string_view torch_name(StoredType type) {
  switch (type) {
    case StoredType::f16:
      return "float16";
    case StoredType::bf16:
      return "bfloat16";
    default:
      return "float32";
  }
}

StoredType written_type(StoredType came) {
  return came == StoredType::f16 || came == StoredType::bf16 ? came : StoredType::f32;
}

}  // namespace

void ExportOptions::set_shard_size(const std::string& text) {
  ByteSize size;
  const Complaint complaint = read_value(text, {}, size);
  require(complaint.empty(), "export: --shard-size: {}", complaint);
  require(size.bytes > 0, "export: --shard-size: it must be above 0");
  shard_bytes = size.bytes;
}

StoredType export_type(const std::string& name) {
  for (const StoredType type :
       {StoredType::f32, StoredType::bf16, StoredType::f16, StoredType::q8_0})
    if (name == to_string(type)) return type;
  user_error("export: --dtype: '{}' is none of: f32, bf16, f16, q8_0", name);
}

int64_t exported_rows(const ModelSource& source, const Json& original, ExportReport& report) {
  const auto stated = original.find("vocab_size");
  const int64_t rows = source.config.model.vocab.value_or(
                    source.tokenizer ? source.tokenizer->vocab_size() : 0),
                came = stated != original.end() && stated->is_number_integer()
                           ? stated->get<int64_t>()
                           : 0,
                tokens = source.tokenizer ? source.tokenizer->vocab_size() : 0;
  const int64_t wanted = std::max(came, tokens), kept = wanted > 0 ? std::min(rows, wanted) : rows;
  require(kept > 0, "export: {} does not say how many tokens it knows", source.place.string());
  if (rows > kept)
    report.notes.push_back(
        fmt::format("{} rows of tokens are written; {} of padding are cut", kept, rows - kept));
  return kept;
}

ExportReport export_folder(const ModelSource& source, const ExportOptions& options) {
  const OriginFiles origin = origin_of(source);
  const OutsideTarget target = outside_target(source.config, origin.config);
  require(target.why_not.empty(), "export: {} is no class of transformers; nearest is {}:\n  {}",
          source.place.string(), target.kind->name, fmt::join(target.why_not, "\n  "));
  ExportReport report{
      .kind = fmt::format("{} of transformers", target.kind->name), .type = {}, .notes = {}};

  Config config = source.config;
  const int64_t rows = exported_rows(source, origin.config, report);
  const std::vector<OutsideTensorPlan> plans =
      outside_tensors(target, parameters_of(shipped_models(), config, rows), config, rows);
  config.model.vocab = rows;

  OutputFolder output(options.folder, false, kExportOutput);
  output.clear();
  SafetensorsShards writer(options.shard_bytes);
  std::map<StoredType, int64_t> types;
  for (const OutsideTensorPlan& plan : plans) {
    const auto came = origin.types.find(plan.canonical);
    const StoredType type = options.type                 ? *options.type
                            : came != origin.types.end() ? written_type(came->second)
                                                         : StoredType::f32;
    types[type] += numel(plan.shape);
    report.bytes += stored_bytes(type, plan.shape, plan.name);
    writer.declare(plan.name, type, plan.shape);
  }
  writer.create(output.partial());
  for (const OutsideTensorPlan& plan : plans)
    writer.write(plan.name, assembled(plan, *source.tensors));
  writer.finish();
  const StoredType most =
      std::ranges::max_element(types, {}, [](const auto& entry) { return entry.second; })->first;
  report.type = to_string(most);
  report.tensors = std::ssize(plans);
  report.files = std::ranges::count_if(
      writer.files(), [](const std::string& name) { return name.ends_with(".safetensors"); });

  Json out = outside_config(*target.family, *target.kind, config, origin.config);
  set_tokens(out, source);
  out["torch_dtype"] = torch_name(most);
  out["dtype"] = torch_name(most);
  const fs::path& folder = output.partial();
  write_durable(folder / "config.json", out.dump(2) + "\n");
  if (!origin.chat_template.empty())
    write_durable(folder / "chat_template.jinja", origin.chat_template);
  if (!origin.generation_config.empty()) {
    write_durable(folder / "generation_config.json", origin.generation_config);
  } else if (config.model.type == "gpt") {
    Json generation{{"_from_model_config", true}};
    for (const char* key : {"bos_token_id", "eos_token_id", "pad_token_id"})
      if (const auto id = out.find(key); id != out.end() && !id->is_null()) generation[key] = *id;
    write_durable(folder / "generation_config.json", generation.dump(2) + "\n");
  }
  if (source.tokenizer && !source.tokenizer->files().all().empty())
    exported_tokenizer(source, *target.family, report.notes).write(folder);
  else
    report.notes.push_back(
        "no tokenizer is written: the model came with none, or its tokens are "
        "bytes");
  write_durable(folder / "README.md", model_card(source, std::string(target.kind->name)));
  if (options.pooling) write_sentence_files(folder, *options.pooling, config.model.hidden);
  output.commit();
  return report;
}

Verification verify_export(const ModelSource& source, const fs::path& folder,
                           const std::string& text, std::span<const std::string> sets) {
  const bool classifies = source.config.task.classifies();
  const ModelSource written = classifies
                                  ? open_classifier(folder.string(), {sets.begin(), sets.end()})
                                  : open_source(folder.string(), sets);
  std::vector<int32_t> ids = source.require_tokenizer()->encode(text);
  const auto most = static_cast<size_t>(source.config.model.context);
  if (ids.size() > most) ids.resize(most);
  require(ids.size() > 1, "export: --verify: '{}' is no two tokens; name a longer text", text);
  const DeviceProfile profile = make_device(source.config.device)->profile();
  Config config = source.config;
  if (!config.model.vocab) config.model.vocab = source.tokenizer->vocab_size();
  const Tensors before = probe(shipped_models(), config, *source.tensors, ids, profile),
                after = probe(shipped_models(), written.config, *written.tensors, ids, profile);
  Verification seen;
  for (const char* name : {"logits", "next_sentence", "hidden", "pooled"}) {
    if (!before.contains(name)) continue;
    if (!after.contains(name) && name == std::string_view("pooled")) continue;  // left out, as said
    const auto a = before.at(name).values(), b = after.at(name).values();
    const auto width = static_cast<size_t>(before.at(name).type().shape.back()),
               kept = static_cast<size_t>(after.at(name).type().shape.back());
    double difference = 0, largest = 0;
    for (size_t i = 0; i < b.size(); ++i) {
      const double x = a[i / kept * width + i % kept];
      require(std::isfinite(x) && std::isfinite(b[i]),
              "export: --verify: a number is {} before and {} after: the model is broken", x, b[i]);
      difference = std::max(difference, std::abs(x - b[i]));
      largest = std::max(largest, std::abs(x));
    }
    seen.numbers += std::ssize(b);
    seen.difference = std::max(seen.difference, largest > 0 ? difference / largest : difference);
  }
  check(seen.numbers > 0, "a model that computes nothing to compare");
  seen.bound = 1e-5;
  for (const auto& [name, type] : written.outside_tensors->stored_types())
    seen.bound = std::max(seen.bound, type == StoredType::bf16 || type == StoredType::q8_0 ? 0.05
                                      : type == StoredType::f16                            ? 0.01
                                                                                           : 1e-5);
  return seen;
}

}  // namespace tessera
