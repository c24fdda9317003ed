// Whether a compiled program fits, asked before anything is allocated: a run that cannot fit does
// not start, and its error says what would make it fit.
#pragma once

#include "framework/core/recompute.h"
#include "framework/report/memory_report.h"
#include "framework/runtime/compile.h"

namespace tessera {

/// The settings of a run that could be changed to save memory, and the numbers that such a change
/// is computed from.
struct FitSettings {
  Recompute recompute = Recompute::none;
  int64_t micro_sequences = 0;  // sequences in one micro-step; 0: not a matter of choice
  int64_t accumulate = 1;       // micro-steps in one step
  bool bf16 = false;
  int64_t ranks = 1;        // ranks along dp, which share a micro-step's sequences evenly
  int64_t batch_bytes = 0;  // bytes of one step's samples, which lie beside the plan
  int64_t sharers = 1;      // processes of the run that share the machine's memory in equal parts
};

MemoryReport memory_report(const Compiled& compiled);

/// Throws UserError when the plan's bytes and the reserve for libraries and a step's samples exceed
/// `limit_bytes`. The message names the five largest tensors and what would make the run fit.
void require_fits(const Compiled& compiled, size_t limit_bytes, size_t reserve_bytes,
                  const FitSettings& settings = {});

}  // namespace tessera
