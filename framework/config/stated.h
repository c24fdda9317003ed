// What a config file and its overrides state, before it is read as a Config: for those who must know
// one key to tell what others stand for.
#pragma once

#include <map>
#include <span>
#include <string>

namespace tessera {

/// The value of each key that is stated, by its path ("model.hidden"), as text. Whatever is wrong is
/// passed over: reading the Config reports it.
std::map<std::string, std::string> stated_keys(const std::string& path,
                                               std::span<const std::string> sets);

}  // namespace tessera
