#include "framework/config/resolved_model.h"

#include "framework/config/field.h"
#include "framework/config/model_kind.h"

namespace tessera {

Config with_model_resolved(Config config) {
  ModelConfig& m = config.model;
  m.kv_heads = m.kv_head_count();
  m.head_dim = m.head_width();
  m.mlp_hidden = m.mlp_width();
  for (Field& key : own_fields_of(config))
    if (key.text() == "auto")
      if (const std::string meaning = auto_meaning(config, key.path()); !meaning.empty())
        key.read(meaning);
  return config;
}

}  // namespace tessera
