// The graphs of generation that move what lies in key/value caches, whatever model filled them.
#pragma once

#include "framework/assembly/generation_size.h"
#include "framework/graph/program.h"

namespace tessera {

/// Adds to a program whose caches are declared, where `size` needs them:
/// "place": puts the prompt's caches into a row of the decoding caches. Data in: row i32 [], and for
///   a ring kept i32 (cache): the place in the prompt's caches of what each place of the ring gets.
/// "reorder": row r of the decoding caches becomes what row rows[r] was. Data in: rows i32 (B).
void add_cache_graphs(Program& program, const GenerationSize& size);

}  // namespace tessera
