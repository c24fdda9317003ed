// OutsideSource: the tensors of another program's file as those of a model of ours, by a family's
// table. A box is gathered from the bytes that it needs, and nothing else is read.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/config/config.h"
#include "framework/formats/foreign_tensors.h"
#include "models/outside_names.h"
#include "models/outside_view.h"
#include "models/parameters.h"

namespace tessera {

/// The sizes that the views of tables name, of a model with `vocab` rows of tokens.
OutsideSizes outside_sizes(const Config& config, int64_t vocab);

/// One parameter of ours and where it lies.
struct OutsidePart {
  std::string ours, theirs;  // by our name, and by theirs as the table has it
  Shape shape;               // ours, without padded heads
  OutsideView view;          // of as many rows as theirs has
  bool by_token = false;     // whether the first dim is the vocabulary
};

/// Where a parameter lies, by the rows of the class, if one is given, and those of the family;
/// nothing where there is no row for it.
std::optional<OutsidePart> outside_part(const OutsideFamily& family, const OutsideClass* kind,
                                        const Parameter& parameter, const OutsideSizes& sizes);

/// The parts of a model's parameters in tensors of these sizes, by the rows of the class, if one is
/// given, and those of the family. Throws UserError where there is none for a parameter.
std::vector<OutsidePart> outside_parts(const OutsideFamily& family, const OutsideClass* kind,
                                       const std::vector<Parameter>& parameters,
                                       const OutsideSizes& sizes);

class OutsideSource : public TensorSource {
 public:
  /// Ours may have fewer rows of positions than the file, and more of tokens: new rows are the mean
  /// of those of the file up to row `used`, and zero beyond. Throws UserError that lists every tensor
  /// that is missing, left over or of another shape, and copies that differ from their original.
  /// `names` are those of `file`, by `family`.
  OutsideSource(std::shared_ptr<const ForeignTensors> file, const OutsideFamily& family,
                OutsideNames names, std::vector<OutsidePart> parts, int64_t used);

  std::string title() const override { return file_->title(); }
  std::map<std::string, std::string> metadata() const override { return {}; }
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return parts_.contains(name); }
  const TensorType& type(const std::string& name) const override { return part(name).type; }
  void read(const std::string& name, const Box& box, void* destination) override;

  /// Names in the file of tensors that the model has no use for, such as those of another head.
  const std::vector<std::string>& left_out() const { return left_out_; }
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
  int64_t used_;
  std::vector<std::string> order_, left_out_;
  std::map<std::string, Part> parts_;
};

}  // namespace tessera
