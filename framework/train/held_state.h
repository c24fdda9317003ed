// What a rank holds of a state, and how states are filled from a source of tensors.
#pragma once

#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/runtime/session.h"

namespace tessera {

/// A state's type on all ranks together, without padding: as a source has it.
TensorType whole_type(const State& state);
/// The box of the state that the rank at `place` holds.
Box box_held(const State& state, const MeshPlace& place);

/// Fills the parameters of a session, each with the rank's own box alone, and the rounded copies
/// whose masters the program does not hold; then makes the other copies that are computed with.
/// Throws UserError that lists every parameter that `source` lacks or has of another type.
void load_parameters(Session& session, const MeshPlace& place, TensorSource& source);

/// Makes the copies of the parameters that are computed with, of the masters that the session holds.
void refresh_copies(Session& session);

}  // namespace tessera
