#include "framework/checkpoint/tensor_source.h"

#include <fmt/format.h>

#include <set>

namespace tessera {

std::vector<std::string> mismatches(const TensorSource& source,
                                    const std::vector<WantedTensor>& wanted) {
  std::vector<std::string> lines;
  for (const WantedTensor& tensor : wanted) {
    if (!source.contains(tensor.name))
      lines.push_back(
          fmt::format("'{}' is missing, {} is wanted", tensor.name, to_string(tensor.type)));
    else if (source.type(tensor.name) != tensor.type)
      lines.push_back(fmt::format("'{}' is {}, {} is wanted", tensor.name,
                                  to_string(source.type(tensor.name)), to_string(tensor.type)));
  }
  return lines;
}

std::vector<std::string> surplus(const TensorSource& source,
                                 const std::vector<WantedTensor>& wanted) {
  std::set<std::string> names;
  for (const WantedTensor& tensor : wanted) names.insert(tensor.name);
  std::vector<std::string> others;
  for (const std::string& name : source.names())
    if (!names.contains(name)) others.push_back(name);
  return others;
}

}  // namespace tessera
