// The names of the tensors in a file of another program, told apart by a family's table: prefixes
// that programs put in front are taken off, and what the table does not know is found.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "framework/formats/foreign_tensors.h"
#include "models/outside_family.h"

namespace tessera {

/// The number that `{}` of `pattern` stands for in `name`; empty text where the pattern has no
/// `{}`, nothing where the name does not fit.
std::optional<std::string_view> layer_in(std::string_view name, std::string_view pattern);

/// `pattern` with `layer` in the place of `{}`.
std::string with_layer(std::string_view pattern, std::string_view layer);

struct OutsideNames {
  std::map<std::string, std::string> in_file;  // a name as in the family's table → as in the file
  std::vector<std::string> unknown;            // names in the file that the table does not know
  std::vector<std::string> notes;              // what was taken off, for the user
};

/// Throws UserError where two tensors have one name after all prefixes are off.
OutsideNames outside_names(const OutsideFamily& family, const ForeignTensors& file);

}  // namespace tessera
