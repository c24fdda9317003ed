// A tokenizer may know tokens for which a model has no row: files of two models side by side.
#pragma once

#include <cstdint>
#include <span>

#include "framework/core/error.h"

namespace tessera {

/// Throws UserError for an id that a model of `rows` ids does not know. Ids below 0 stand for
/// nothing.
inline void require_known(std::span<const int32_t> ids, int64_t rows) {
  for (const int32_t id : ids)
    require(id < rows,
            "a text has the token {}, and the model knows {} ids, from 0 on: the tokenizer's files "
            "and the weights are not of one model; put the right ones together",
            id, rows);
}

}  // namespace tessera
