// The text of the UserError that `action` throws; a test failure when it throws none, or anything
// else.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "framework/config/parse.h"
#include "framework/core/error.h"
#include "models/model.h"

namespace tessera {

template <typename Action>
std::string user_error_of(Action&& action) {
  try {
    action();
  } catch (const UserError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no UserError was thrown";
  return "";
}

/// A small valid file: its one-line model section, then `more` from line 2 on.
inline std::string gpt(const std::string& more = "") {
  return "model: {type: gpt, layers: 2, hidden: 64, heads: 4}\n" + more;
}
inline std::string bert(const std::string& more = "") {
  return "model: {type: bert, layers: 2, hidden: 64, heads: 4}\n" + more;
}

inline std::string error_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  return user_error_of([&] { parse_config(shipped_models().kinds(), text, "run.yaml", sets); });
}

}  // namespace tessera
