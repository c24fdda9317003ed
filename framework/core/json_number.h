// Numbers in the JSON that a run writes. JSON has neither nan nor infinity, so these are written as
// the texts "nan", "inf" and "-inf". Finite doubles read back to the last bit.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

namespace tessera {

/// "nan", "inf" or "-inf"; a finite number in the given `format`, as in number_text(x, "{:.4f}").
std::string number_text(double number, const char* format);

nlohmann::ordered_json to_json_number(double number);
/// The inverse of to_json_number; throws a UserError that begins with `what` when `json` is neither
/// a number nor one of the three texts.
double from_json_number(const nlohmann::ordered_json& json, const std::string& what);

}  // namespace tessera
