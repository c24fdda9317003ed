// OutsideSource: the tensors of another program's file as those of a model of ours, by a family's
// table. A box is gathered from the bytes that it needs, and nothing else is read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/config/config.h"
#include "framework/formats/foreign_tensors.h"
#include "models/outside_names.h"
#include "models/outside_view.h"
#include "models/parameters.h"

namespace tessera {

/// The sizes that the views of tables name, of a model.
OutsideSizes outside_sizes(const Config& config, int64_t vocab);

/// One parameter of ours and where it lies.
struct OutsidePart {
  std::string ours, theirs;  // by our name, and by theirs as the table has it
  OutsideView view;
  /// Whether the first dim is the vocabulary.
  bool by_token = false;
};

/// The parts of a model's parameters. Throws InternalError where the table lacks one.
std::vector<OutsidePart> outside_parts(const OutsideFamily& family,
                                       const std::vector<Parameter>& parameters,
                                       const OutsideSizes& sizes);

/// Rows of the vocabulary: those that the file has, those that the model has, and up to which row
/// tokens use them. Rows that the file lacks are the mean of its rows as far as tokens use them, and
/// zero beyond.
struct OutsideRows {
  int64_t in_file = 0, model = 0, used = 0;
};

class OutsideSource : public TensorSource {
 public:
  /// Throws UserError that lists every tensor that is missing, left over or of another shape, and
  /// copies that differ from their original. `names` are those of `file`, by `family`.
  OutsideSource(std::shared_ptr<const ForeignTensors> file, const OutsideFamily& family,
                OutsideNames names, std::vector<OutsidePart> parts, OutsideRows rows);

  std::string title() const override { return file_->title(); }
  std::map<std::string, std::string> metadata() const override { return {}; }
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return parts_.contains(name); }
  const TensorType& type(const std::string& name) const override { return part(name).type; }
  void read(const std::string& name, const Box& box, void* destination) override;

  /// How each tensor lies in the file, by its name in the table.
  std::map<std::string, StoredType> stored_types() const;

 private:
  struct Part {
    OutsidePart part;
    std::string in_file;
    TensorType type;
  };
  const Part& part(const std::string& name) const;
  void read_rows(const Part& part, const Box& box, const Box& held, float* out) const;
  void fill_rows(const Part& part, const Box& box, float* out) const;
  void require_equal_copies(const OutsideFamily& family) const;

  std::shared_ptr<const ForeignTensors> file_;
  OutsideNames names_;
  OutsideRows rows_;
  std::vector<std::string> order_;
  std::map<std::string, Part> parts_;
};

}  // namespace tessera
