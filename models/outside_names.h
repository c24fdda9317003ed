// What the parameters of a model are called in the files of others: a table beside the model's
// builder, in models/<family>.hf.cpp, of rows with two names. `{}` in both names stands for the
// number of a layer.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tessera {

struct OutsideName {
  std::string_view ours, theirs;
};

/// Maps our name of each parameter to theirs. Throws a UserError that lists the parameters for
/// which the table has no row.
std::map<std::string, std::string> outside_names(std::span<const OutsideName> table,
                                                 const std::vector<std::string>& parameters);

}  // namespace tessera
