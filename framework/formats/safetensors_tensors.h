// One safetensors file as ForeignTensors. Tensors of types that StoredType lacks (F8_E4M3, U16, …)
// are listed, and refused by name when they are asked for.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "framework/formats/foreign_tensors.h"
#include "framework/formats/random_access_file.h"
#include "framework/formats/safetensors_header.h"

namespace tessera {

class SafetensorsTensors final : public ForeignTensors {
 public:
  /// Throws UserError naming the file when it is missing, damaged or no safetensors file.
  explicit SafetensorsTensors(const std::filesystem::path& path);

  std::string title() const override { return file_.path().string(); }
  std::vector<std::string> names() const override;
  bool contains(const std::string& name) const override { return places_.contains(name); }
  const ForeignTensor& tensor(const std::string& name) const override;
  void read(const std::string& name, int64_t first, std::span<float> out) const override;

  const std::map<std::string, std::string>& metadata() const { return header_.metadata; }

 private:
  struct Place {
    ForeignTensor tensor;
    const SafetensorsEntry* entry;
    bool readable;
  };
  const Place& place(const std::string& name) const;

  RandomAccessFile file_;
  SafetensorsHeader header_;
  std::map<std::string, Place> places_;
};

}  // namespace tessera
