#include "launch/export_gguf.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "framework/core/error.h"
#include "framework/core/output_file.h"
#include "launch/gguf_tokenizer.h"
#include "launch/origin_files.h"
#include "models/outside_metadata.h"
#include "models/rope_factors.h"

namespace tessera {
namespace {

/// Of `general.file_type`.
uint32_t file_type(StoredType type) {
  switch (type) {
    case StoredType::f16:
      return 1;
    case StoredType::q8_0:
      return 7;
    case StoredType::bf16:
      return 32;
    default:
      return 0;
  }
}

/// The type of most of the tensors that the model came with; of a GGUF file, where all vectors are
/// f32, that of the others.
StoredType type_of_most(const ModelSource& source, const OriginFiles& origin) {
  const bool gguf = source.outside && source.outside->family().gguf;
  std::map<std::string, StoredType> types =
      gguf ? source.outside_tensors->stored_types() : origin.types;
  if (gguf) std::erase_if(types, [](const auto& row) { return row.second == StoredType::f32; });
  std::map<StoredType, int64_t> counts;
  for (const auto& [name, type] : types) ++counts[type];
  for (const StoredType type : {StoredType::bf16, StoredType::f16})
    if (counts[type] * 2 > std::ssize(types)) return type;
  return StoredType::f32;
}

void add_config(GgufWriter& writer, const OutsideTarget& target, const Config& config) {
  for (const OutsideMetadata& row : outside_metadata(target, config)) {
    if (row.value.is_string())
      writer.add_text(row.key, row.value.get<std::string>());
    else if (row.value.is_boolean())
      writer.add_flag(row.key, row.value.get<bool>());
    else if (row.real)
      writer.add_f32(row.key, row.value.get<float>());
    else
      writer.add_u32(row.key, row.value.get<uint32_t>());
  }
}

}  // namespace

ExportReport export_gguf(const ModelSource& source, const ExportOptions& options) {
  require(options.folder.extension() == ".gguf",
          "export: --as gguf writes one file, and --out {} does not end in .gguf",
          options.folder.string());
  const OriginFiles origin = origin_of(source);
  const OutsideTarget target =
      outside_target(source.config, nlohmann::ordered_json::object(), true);
  require(target.why_not.empty(), "export: GGUF has no name for {}; nearest is {}:\n  {}",
          source.place.string(), target.kind->name, fmt::join(target.why_not, "\n  "));
  const StoredType wanted = options.type.value_or(type_of_most(source, origin));
  ExportReport report{.kind = fmt::format("{} in GGUF", target.kind->name),
                      .type = std::string(to_string(wanted)),
                      .files = 1,
                      .notes = {}};
  Config config = source.config;
  const int64_t rows = exported_rows(source, origin.config, report);
  const std::vector<OutsideTensorPlan> plans =
      outside_tensors(target, parameters_of(shipped_models(), config, rows), config, rows);
  config.model.vocab = rows;

  OutputFile file("export", options.folder, options.overwrite);
  GgufWriter writer;
  writer.add_text("general.architecture", target.family->model_type);
  writer.add_text("general.type", "model");
  writer.add_text("general.name", options.folder.stem().string());
  writer.add_u32("general.file_type", file_type(wanted));
  if (wanted == StoredType::q8_0) writer.add_u32("general.quantization_version", 2);
  add_config(writer, target, config);
  const std::vector<std::string> notes = add_tokenizer(writer, source, rows);
  report.notes.insert(report.notes.end(), notes.begin(), notes.end());
  int64_t halves = 0;
  for (const OutsideTensorPlan& plan : plans) {
    const StoredType type = gguf_type(wanted, plan.shape);
    halves += wanted == StoredType::q8_0 && type == StoredType::f16 ? 1 : 0;
    report.bytes += stored_bytes(type, plan.shape, plan.name);
    writer.declare(plan.name, type, plan.shape);
  }
  if (halves > 0)
    report.notes.push_back(
        fmt::format("{} tensors are f16: 32 does not divide their rows", halves));
  std::vector<float> factors;  // of Llama 3's rotary positions
  if (config.model.rope_scaling == ModelConfig::RopeScaling::llama3) {
    factors = rope_factors(config.model);
    writer.declare(std::string(target.family->rope_factors), StoredType::f32,
                   {std::ssize(factors)});
  }
  writer.create(file.partial());
  for (const OutsideTensorPlan& plan : plans)
    writer.write(plan.name, assembled(plan, *source.tensors));
  if (!factors.empty()) writer.write(std::string(target.family->rope_factors), factors);
  writer.finish();
  file.commit();
  report.tensors = std::ssize(plans);
  return report;
}

}  // namespace tessera
