// Configs of other programs (config.json of transformers), by a family's table: read as settings of
// ours, and written from a Config of ours.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "framework/config/config.h"
#include "framework/formats/foreign_tensors.h"
#include "models/outside_names.h"

namespace tessera {

/// The family that a config and the tensors beside it are of. Throws UserError that names the class
/// or type where there is none.
const OutsideFamily& family_of(const nlohmann::ordered_json& config, const std::string& where,
                               const ForeignTensors& file);

struct OutsideSettings {
  std::vector<std::string> sets;                           // "model.hidden=64", as --set takes them
  std::vector<std::string> notes;                          // for the user
  std::map<std::string, std::string, std::less<>> theirs;  // their key for each of ours
};

/// Our keys for what their config says. Throws UserError that lists all values that our models do
/// not have and all keys whose spellings contradict each other.
OutsideSettings settings_of(const OutsideFamily& family, const nlohmann::ordered_json& config,
                            const std::string& where, const OutsideNames& names);

/// Why `config` is no model of this class: "model.norm is rms, gpt2 has layer"; empty when it is.
std::vector<std::string> obstacles(const OutsideFamily& family, const OutsideClass& kind,
                                   const Config& config);

/// Their config for ours, in all spellings. `original` is the config that the model came with, or an
/// empty object: what the table does not know is kept from there.
nlohmann::ordered_json outside_config(const OutsideFamily& family, const OutsideClass& kind,
                                      const Config& config, const nlohmann::ordered_json& original);

}  // namespace tessera
