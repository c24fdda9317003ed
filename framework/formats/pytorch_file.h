// A file of torch.save that holds a dictionary of tensors, such as pytorch_model.bin, as
// ForeignTensors: the zip archive of PyTorch 1.6 and later, and the stream of pickles before it.
// The pickle is read by read_pickle, which executes nothing. Tensors may share storages, begin
// within them, and have any strides (a transposed matrix).
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/core/mapped_file.h"
#include "framework/formats/foreign_tensors.h"
#include "framework/formats/random_access_file.h"
#include "framework/formats/torch_tensors.h"

namespace tessera {

class PytorchFile final : public ForeignTensors {
 public:
  /// Throws UserError naming the file when it is missing or damaged, or holds more than tensors.
  explicit PytorchFile(const std::filesystem::path& path);

  std::string title() const override { return file_.path().string(); }
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return places_.contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override;
  void read(const std::string& name, int64_t first, std::span<float> out) const override;

 private:
  const TorchTensor& place(const std::string& name) const;
  void read_strided(const TorchTensor& tensor, int64_t first, std::span<float> out) const;

  RandomAccessFile file_;
  MappedFile map_;
  std::vector<TorchTensor> tensors_;  // in the order of the dictionary
  std::map<std::string, size_t> places_;
};

}  // namespace tessera
