// The weights of another program's model, for a run that begins with them: init.from.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "framework/checkpoint/tensor_source.h"
#include "framework/comm/communicator.h"
#include "framework/config/config.h"
#include "framework/tokenizer/tokenizer.h"

namespace tessera {

/// Opens what config.init.from names, for a run on text of `tokenizer`. `files` gets what the model
/// brought along, `report` what the user should know. Throws UserError where the ids are those of
/// another tokenizer, or hosts see other models.
std::unique_ptr<TensorSource> start_outside(const Config& config, const Tokenizer& tokenizer,
                                            World* world, std::map<std::string, std::string>& files,
                                            std::vector<std::string>& report);

}  // namespace tessera
