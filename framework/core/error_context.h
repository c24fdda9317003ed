// Adds to an error what was being worked on, and keeps its kind: a bug stays a bug.
#pragma once

#include <new>

#include "framework/core/error.h"

namespace tessera {

/// The result of `work`. When `work` throws a UserError, in_context throws a UserError with the
/// text that `explain` makes of its message; every other exception becomes an InternalError with
/// such a text. std::bad_alloc passes unchanged.
template <typename Work, typename Explain>
decltype(auto) in_context(Work&& work, Explain&& explain) {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const UserError& error) {
    throw UserError(explain(error.what()));
  } catch (const std::exception& error) {
    throw InternalError(explain(error.what()));
  }
}

}  // namespace tessera
