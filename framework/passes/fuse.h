// fuse: gives a dense layer the work that follows it, which its kernel does while the result is in
// cache: the activation (keeping the pre-activation as a second result where the gradient reads it)
// and the residual addition. A product that is a parameter's gradient adds to the accumulator, or
// to the gradient of the parameter's other use, in place.
#pragma once

#include "framework/passes/expand.h"

namespace tessera {

/// Makes only forms that the backend has a kernel for.
Graph fuse(const Graph& graph, const HasKernel& has_kernel);

}  // namespace tessera
