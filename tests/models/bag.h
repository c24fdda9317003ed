// A bag of embeddings: the mean of a window's token embeddings, a hidden layer and a head, which
// tells of which class the next token is (its id modulo model.classes). It is the model that
// docs/adding-a-model.md adds.
#pragma once

#include "models/model.h"

namespace tessera::testing {

ModelDef bag_model();

/// The program's models, and this one.
Models models_and_bag();

}  // namespace tessera::testing
