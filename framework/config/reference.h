// What there is to know about the keys, made from the lists of fields.h and of the kinds of model:
// for help (`tessera config`), for the page docs/config.md and for the schema
// docs/config.schema.json, which editors use to complete and check a config as it is written. A
// test holds the two committed files equal to what these functions return.
#pragma once

#include <string>
#include <vector>

#include "framework/config/config.h"

namespace tessera {

struct KeyDoc {
  std::string path;      // "model.layers"
  std::string type;      // "integer"
  std::string limits;    // "1 to 10000"; empty without
  std::string standard;  // the default as written in a file; "required" where there is none
  std::string doc;
};

/// Every key, in the order of the file.
std::vector<KeyDoc> config_keys(const KnownKinds& kinds);

/// The page docs/config.md.
std::string config_reference_markdown(const KnownKinds& kinds);

/// The JSON schema (draft 7) docs/config.schema.json.
std::string config_schema_json(const KnownKinds& kinds);

}  // namespace tessera
