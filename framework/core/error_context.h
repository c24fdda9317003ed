// An error told with what was being worked on, its kind kept: a bug stays a bug.
#pragma once

#include <new>

#include "framework/core/error.h"

namespace tessera {

/// The result of `work`. A UserError that it throws gets the text that `explain` makes of its own, every other error
/// likewise as an InternalError; memory that ran out passes as it is.
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
