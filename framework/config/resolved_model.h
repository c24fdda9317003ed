// What a config's model comes to, once each `auto` is replaced.
#pragma once

#include "framework/config/config.h"

namespace tessera {

/// `config` with each `auto` of its model replaced by what it stands for, but for the vocabulary.
Config with_model_resolved(Config config);

}  // namespace tessera
