// ModelKind: what the config knows of a kind of model: its name, which keys it reads, which of them
// are its own, and what they must satisfy together. It is a part of the model's row
// (models/model.h), so that a new model changes nothing here. A shared key that some kinds list in
// `reads` is for these kinds alone: with others it must keep its default.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "framework/config/config.h"
#include "framework/config/field.h"

namespace tessera {

struct Checks;

struct ModelKind {
  std::string name;                // the value of model.type
  std::string doc;                 // what it does, to be read after its name: "reads left to right"
  std::vector<std::string> reads;  // shared keys that not every kind reads, such as "model.heads"
  /// own_fields<Keys>; nullptr when the kind has no keys of its own.
  std::vector<Field> (*own)(ModelConfig&) = nullptr;
  /// What `auto` stands for in one of the kind's own keys; empty where the config alone does not
  /// say.
  std::string (*auto_meaning)(const Config&, std::string_view path) = nullptr;
  void (*check)(const Checks&) = nullptr;  // demands on several keys together
};

/// A config of defaults that knows these kinds; its model is the first of them.
Config with_kinds(const KnownKinds& kinds);

/// The kind that the config names; nullptr where its kinds are not known.
const ModelKind* kind_of(const Config& config);

/// Whether the config's kind of model reads a key.
bool reads(const Config& config, std::string_view path);

/// The keys that the config's kind of model declares itself, bound to `config`, which must outlive
/// them.
std::vector<Field> own_fields_of(Config& config);

/// What `auto` stands for, where the config alone says; empty where tokenizer or machine decide.
std::string auto_meaning(const Config& config, std::string_view path);

}  // namespace tessera
