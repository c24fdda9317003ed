#include "framework/core/json_number.h"

#include <cmath>
#include <limits>

#include "framework/core/error.h"

namespace tessera {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::string nonfinite_text(double number) {
  return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
}

}  // namespace

std::string number_text(double number, const char* format) {
  return std::isfinite(number) ? fmt::format(fmt::runtime(format), number) : nonfinite_text(number);
}

nlohmann::ordered_json to_json_number(double number) {
  if (std::isfinite(number)) return number;
  return nonfinite_text(number);
}

double from_json_number(const nlohmann::ordered_json& json, const std::string& what) {
  if (json.is_number()) return json.get<double>();
  if (json == "nan") return std::numeric_limits<double>::quiet_NaN();
  if (json == "inf") return kInfinity;
  if (json == "-inf") return -kInfinity;
  user_error("{}: {} is no number", what, json.dump());
}

}  // namespace tessera
