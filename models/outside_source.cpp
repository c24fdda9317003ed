#include "models/outside_source.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstring>
#include <set>

#include "framework/config/field.h"
#include "framework/config/model_kind.h"
#include "framework/config/resolved_model.h"
#include "framework/core/error.h"
#include "models/outside_config.h"

namespace tessera {
namespace {

constexpr int64_t kBlock = int64_t{1} << 18;  // numbers read at a time

std::string shape_text(const Shape& shape) { return fmt::format("[{}]", fmt::join(shape, ", ")); }

void scatter(std::span<const StridedPiece::Loop> loops, const float* from, int64_t base,
             float* out) {
  const auto& loop = loops.front();
  for (int64_t i = 0; i < loop.size; ++i)
    if (loops.size() == 1)
      out[i * loop.ours] = from[base + i * loop.theirs];
    else
      scatter(loops.subspan(1), from, base + i * loop.theirs, out + i * loop.ours);
}

/// Reads the loops of one piece: the inner ones that touch memory of theirs without a gap are read
/// at once.
void gather(const ForeignTensors& file, const std::string& name,
            std::span<const StridedPiece::Loop> loops, int64_t theirs, float* out,
            std::vector<float>& buffer) {
  int64_t run = 1;
  size_t inner = loops.size();
  while (inner > 0 && loops[inner - 1].theirs == run && run * loops[inner - 1].size <= kBlock)
    run *= loops[--inner].size;
  if (inner == 0) {
    const auto rest = loops.subspan(0);
    if (loops.empty() || (loops.size() == 1 && loops[0].ours == 1))
      return file.read(name, theirs, std::span(out, static_cast<size_t>(run)));
    buffer.resize(static_cast<size_t>(run));
    file.read(name, theirs, buffer);
    return scatter(rest, buffer.data(), 0, out);
  }
  const auto& loop = loops.front();
  if (loops.size() == 1 && loop.ours == 1 && loop.theirs == 1)
    return file.read(name, theirs, std::span(out, static_cast<size_t>(loop.size)));
  for (int64_t i = 0; i < loop.size; ++i)
    gather(file, name, loops.subspan(1), theirs + i * loop.theirs, out + i * loop.ours, buffer);
}

bool equal_tensors(const ForeignTensors& file, const std::string& a, const std::string& b) {
  const int64_t count = numel(file.tensor(a).shape);
  if (count != numel(file.tensor(b).shape)) return false;
  std::vector<float> x, y;
  for (int64_t first = 0; first < count; first += kBlock) {
    const auto size = static_cast<size_t>(std::min(kBlock, count - first));
    x.resize(size);
    y.resize(size);
    file.read(a, first, x);
    file.read(b, first, y);
    if (std::memcmp(x.data(), y.data(), size * sizeof(float)) != 0) return false;
  }
  return true;
}

/// A key that some kinds of model have; 0 where this one has it not.
int64_t number_of(Config config, std::string_view path) {
  config = with_model_resolved(config);
  for (const Field& field : own_fields_of(config))
    if (field.path() == path) return std::stoll(field.text());
  return 0;
}

}  // namespace

OutsideSizes outside_sizes(const Config& config, int64_t vocab) {
  const ModelConfig& m = config.model;
  return {{"w", m.hidden},
          {"u", m.hidden},
          {"h", m.heads},
          {"g", m.kv_head_count()},
          {"d", m.head_width()},
          {"k", m.head_width() / 2},
          {"f", m.mlp_width()},
          {"v", vocab},
          {"l", std::ssize(config.task.labels)},
          {"p", m.context + number_of(config, "model.first_position")},
          {"s", number_of(config, "model.segments")}};
}

std::optional<OutsidePart> outside_part(const OutsideFamily& family, const OutsideClass* kind,
                                        const Parameter& parameter, const OutsideSizes& sizes) {
  std::vector<OutsideTensor> rows = kind ? kind->tensors : std::vector<OutsideTensor>();
  rows.insert(rows.end(), family.tensors.begin(), family.tensors.end());
  for (const OutsideTensor& row : rows)
    if (const auto layer = layer_in(parameter.name, row.ours))
      return OutsidePart{parameter.name, with_layer(row.theirs, *layer), parameter.own_shape(),
                         outside_view(row.lies, sizes), row.lies.starts_with("v ")};
  return std::nullopt;
}

std::vector<OutsidePart> outside_parts(const OutsideFamily& family, const OutsideClass* kind,
                                       const std::vector<Parameter>& parameters,
                                       const OutsideSizes& sizes) {
  std::vector<OutsidePart> parts;
  for (const Parameter& parameter : parameters) {
    std::optional<OutsidePart> part = outside_part(family, kind, parameter, sizes);
    require(part.has_value(), "a {} of other programs has no place for '{}'", family.model_type,
            parameter.name);
    parts.push_back(*std::move(part));
  }
  return parts;
}

namespace {

/// Whether a tensor of ours can be filled from the view: their rows may be more, and those of tokens
/// fewer.
bool can_fill(const OutsidePart& part) {
  const Shape &ours = part.shape, &theirs = part.view.ours;
  if (ours == theirs) return true;
  if (ours.size() != theirs.size() || ours.empty()) return false;
  return std::equal(ours.begin() + 1, ours.end(), theirs.begin() + 1) &&
         (part.by_token ? ours[0] > theirs[0] : part.ours == "positions" && ours[0] < theirs[0]);
}

}  // namespace

OutsideSource::OutsideSource(std::shared_ptr<const ForeignTensors> file,
                             const OutsideFamily& family, OutsideNames names,
                             std::vector<OutsidePart> parts, int64_t used)
    : file_(std::move(file)), names_(std::move(names)), used_(used) {
  std::vector<std::string> wrong;
  std::set<std::string> placed;
  for (OutsidePart& part : parts) {
    const bool first = placed.insert(part.theirs).second;
    const auto found = names_.in_file.find(part.theirs);
    if (found == names_.in_file.end()) {
      if (first)
        wrong.push_back(fmt::format("'{}' is missing, {} is wanted", part.theirs,
                                    shape_text(part.view.theirs)));
      continue;
    }
    const Shape& shape = file_->tensor(found->second).shape;
    if (shape != part.view.theirs) {
      if (first)
        wrong.push_back(fmt::format("'{}' is {}, {} is wanted", found->second, shape_text(shape),
                                    shape_text(part.view.theirs)));
      continue;
    }
    if (!can_fill(part)) {
      wrong.push_back(fmt::format("'{}' gives {} {}, and the model has {}", found->second,
                                  part.ours, shape_text(part.view.ours), shape_text(part.shape)));
      continue;
    }
    order_.push_back(part.ours);
    const std::string name = part.ours;
    const TensorType type{DType::f32, part.shape};
    parts_.emplace(name, Part{std::move(part), found->second, type});
  }
  for (const std::string& name : names_.unknown)
    wrong.push_back(
        fmt::format("'{}' {} has no place", name, shape_text(file_->tensor(name).shape)));
  for (const auto& [name, in_file] : names_.in_file) {
    const auto is = [&own = name](std::string_view pattern) {
      return layer_in(own, pattern).has_value();
    };
    if (placed.contains(name) || std::ranges::any_of(family.buffers, is) ||
        std::ranges::any_of(family.copies, [&](const auto& copy) { return is(copy.first); }))
      continue;
    if (std::ranges::any_of(family.spare, is)) {
      left_out_.push_back(in_file);
      continue;
    }
    wrong.push_back(fmt::format("'{}' {} has no place in the model that the config describes",
                                in_file, shape_text(file_->tensor(in_file).shape)));
  }
  require(wrong.empty(), "{} does not fit its config:\n  {}", title(), fmt::join(wrong, "\n  "));
  require_equal_copies(family);
}

void OutsideSource::require_equal_copies(const OutsideFamily& family) const {
  std::set<std::string> used;
  for (const auto& [ours, part] : parts_) used.insert(part.part.theirs);
  for (const auto& [copy, original] : family.copies) {
    const auto a = names_.in_file.find(std::string(copy)),
               b = names_.in_file.find(std::string(original));
    if (a == names_.in_file.end() || b == names_.in_file.end() || used.contains(a->first)) continue;
    const bool may_differ = std::ranges::any_of(
        family.keys, [](const OutsideKey& key) { return key.ours == "model.tied_head"; });
    require(equal_tensors(*file_, a->second, b->second),
            "{}: the config says that '{}' and '{}' are one tensor, and they differ; {}", title(),
            a->second, b->second,
            may_differ ? "if they are two, write \"tie_word_embeddings\": false in config.json"
                       : "Tessera computes such models with one tensor alone");
  }
}

std::vector<std::string> OutsideSource::names() const { return order_; }

const OutsideSource::Part& OutsideSource::part(const std::string& name) const {
  const auto found = parts_.find(name);
  require(found != parts_.end(), "{}: nothing there is called '{}'", title(), name);
  return found->second;
}

std::map<std::string, StoredType> OutsideSource::stored_types() const {
  std::map<std::string, StoredType> types;
  for (const auto& [ours, part] : parts_)
    types[part.part.theirs] = file_->tensor(part.in_file).type;
  return types;
}

void OutsideSource::read(const std::string& name, const Box& box, void* destination) {
  const Part& part = this->part(name);
  auto* out = static_cast<float*>(destination);
  const Box whole = Box::whole(part.type.shape);
  check(whole.dims.size() == box.dims.size(), "box {} of '{}' {}", to_string(box), name,
        to_string(part.type));
  Box in_file = Box::whole(part.part.view.ours);
  if (!in_file.contains(box)) std::fill_n(out, box.numel(), 0.0F);
  if (const auto common = intersect(in_file, box)) read_rows(part, *common, box, out);
  if (part.part.by_token) fill_rows(part, box, out);
}

void OutsideSource::read_rows(const Part& part, const Box& box, const Box& held, float* out) const {
  std::vector<float> buffer;
  for (const StridedPiece& piece : pieces_of(part.part.view, box, held))
    gather(*file_, part.in_file, piece.loops, piece.theirs, out + piece.ours, buffer);
}

void OutsideSource::fill_rows(const Part& part, const Box& box, float* out) const {
  const int64_t in_file = part.part.view.ours[0];
  const int64_t first = std::max(box.dims[0].begin, in_file),
                end = std::min(box.dims[0].end, used_);
  if (first >= end) return;
  Box row = box;
  row.dims[0] = {0, 1};
  const int64_t width = row.numel();
  std::vector<double> sum(static_cast<size_t>(width));
  const int64_t at_a_time = std::max<int64_t>(1, kBlock / width);
  std::vector<float> block(static_cast<size_t>(at_a_time * width));
  for (int64_t begin = 0; begin < in_file; begin += at_a_time) {
    Box rows = box;
    rows.dims[0] = {begin, std::min(begin + at_a_time, in_file)};
    read_rows(part, rows, rows, block.data());
    for (int64_t r = 0; r < rows.dims[0].size(); ++r)
      for (int64_t i = 0; i < width; ++i)
        sum[static_cast<size_t>(i)] +=
            static_cast<double>(block[static_cast<size_t>(r * width + i)]);
  }
  for (int64_t r = first; r < end; ++r)
    for (int64_t i = 0; i < width; ++i)
      out[(r - box.dims[0].begin) * width + i] =
          static_cast<float>(sum[static_cast<size_t>(i)] / static_cast<double>(in_file));
}

}  // namespace tessera
