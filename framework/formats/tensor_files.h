// TensorFiles: one file of tensors, or the shards that an index names, as one ForeignTensors. An
// index is what Hugging Face's libraries write beside shards, such as model.safetensors.index.json:
// {"metadata": {"total_size": …}, "weight_map": {"<tensor>": "<file>", …}}.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/formats/foreign_tensors.h"

namespace tessera {

/// Opens one file of a format.
using OpenTensorFile =
    std::function<std::unique_ptr<ForeignTensors>(const std::filesystem::path& file)>;

class TensorFiles final : public ForeignTensors {
 public:
  /// The shards of `index`, which lie beside it. Throws UserError that names every file that is
  /// missing, every tensor that is not in the file that the index says, and every tensor of a file
  /// that the index does not name.
  TensorFiles(const std::filesystem::path& index, const OpenTensorFile& open);

  std::string title() const override { return index_.string(); }
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return of_.contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override;
  void read(const std::string& name, int64_t first, std::span<float> out) const override;

 private:
  const ForeignTensors& file_of(const std::string& name) const;

  std::filesystem::path index_;
  std::vector<std::unique_ptr<ForeignTensors>> files_;  // in the order of their names
  std::map<std::string, const ForeignTensors*> of_;     // the file of each tensor
};

/// The tensors of `path`: a .safetensors, a .gguf, a .bin, .pt or .pth of PyTorch, an index of
/// safetensors or .bin files, or a folder that holds one of them, where the first of model.safetensors, model.safetensors.index.json,
/// pytorch_model.bin and pytorch_model.bin.index.json is taken.
std::unique_ptr<ForeignTensors> open_tensor_files(const std::filesystem::path& path);

}  // namespace tessera
