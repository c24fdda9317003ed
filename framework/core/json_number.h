// Numbers in the JSON that a run writes: JSON has no nan and no infinity, so these are written as the texts "nan", "inf"
// and "-inf", and nothing is lost. Finite doubles read back to the last bit.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tessera {

/// "nan", "inf" or "-inf"; for finite numbers `format` decides: number_text(x, "{:.4f}").
std::string number_text(double number, const char* format);

nlohmann::ordered_json to_json_number(double number);
/// The inverse; UserError beginning with `what` when `json` is neither a number nor one of the three texts.
double from_json_number(const nlohmann::ordered_json& json, const std::string& what);

}  // namespace tessera
