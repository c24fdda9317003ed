// Stacks for signal handlers. oneDNN's f32 kernels point the stack register into a buffer from
// malloc while they compute, and the kernel would write a handler's frame over the neighbouring
// heap. So handlers run on stacks of their own (SA_ONSTACK), which every thread that computes needs.
#pragma once

namespace tessera {

/// Gives every thread of the pool a stack for handlers, until the thread ends.
void give_pool_signal_stacks();

}  // namespace tessera
