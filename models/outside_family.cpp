#include "models/outside_family.h"

namespace tessera {

const std::vector<const OutsideFamily*>& outside_families() {
  static const std::vector<const OutsideFamily*> families{
      &kGpt2Family,      &kLlamaFamily,    &kMistralFamily, &kQwen2Family,   &kGgufLlamaFamily,
      &kGgufQwen2Family, &kGgufGpt2Family, &kBertFamily,    &kRobertaFamily, &kDistilBertFamily};
  return families;
}

const OutsideClass* OutsideFamily::find_class(std::string_view name) const {
  for (const OutsideClass& row : classes)
    if (row.name == name) return &row;
  return nullptr;
}

}  // namespace tessera
