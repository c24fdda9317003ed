// A source whose tensors have other names here than in the source that holds them.
#pragma once

#include "framework/checkpoint/tensor_source.h"

namespace tessera {

class RenamedSource : public TensorSource {
 public:
  /// `theirs` maps each name here to the name in `source`, which must outlive this. What the map
  /// does not name is left out.
  RenamedSource(TensorSource& source, std::map<std::string, std::string> theirs)
      : source_(source), theirs_(std::move(theirs)) {}

  std::string title() const override { return source_.title(); }
  std::map<std::string, std::string> metadata() const override { return source_.metadata(); }
  /// The names whose tensors the source has.
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override;
  const TensorType& type(const std::string& name) const override;
  void read(const std::string& name, const Box& box, void* destination) override;

 private:
  const std::string& theirs(const std::string& name) const;

  TensorSource& source_;
  std::map<std::string, std::string> theirs_;
};

}  // namespace tessera
