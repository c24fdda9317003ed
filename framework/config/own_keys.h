// Keys that a kind of model declares beside its builder, in the section "model". They are a plain
// struct and a list of its fields, written as in fields.h:
//   struct BertKeys { bool next_sentence = false; };
//   template <typename Visit>
//   void fields(BertKeys& k, Visit&& visit) { visit("next_sentence", k.next_sentence, "…"); }
// A config holds them as text, by name, so that it stays a value whatever models there are.
#pragma once

#include <vector>

#include "framework/config/config.h"
#include "framework/config/field_of.h"
#include "framework/core/error.h"

namespace tessera {

/// The keys as the config sets them.
template <typename Keys>
Keys own_keys(const ModelConfig& model) {
  Keys keys;
  fields(keys, [&](const char* name, auto& member, const char*, const Limits& limits = {}) {
    const auto text = model.own.find(name);
    if (text == model.own.end()) return;
    const Complaint complaint = read_value(text->second, limits, member);
    check(complaint.empty(), "model.{}: {}", name, complaint);
  });
  return keys;
}

/// The fields of these keys, for ModelKind::own.
template <typename Keys>
std::vector<Field> own_fields(ModelConfig& model) {
  std::vector<Field> out;
  Keys standard;
  fields(standard,
         [&]<typename T>(const char* name, T& usual, const char* doc, const Limits& limits = {}) {
           Field field = field_of<T>("model", name, doc, limits);
           const std::string usual_text = value_text(usual);
           field.read = [&model, name = field.name, limits, usual_text](std::string_view text) {
             T value{};
             Complaint complaint = read_value(text, limits, value);
             if (!complaint.empty()) return complaint;
             model.own.erase(name);
             if (value_text(value) != usual_text) model.own[name] = value_text(value);
             return complaint;
           };
           field.text = [&model, name = field.name, usual_text] {
             const auto text = model.own.find(name);
             return text == model.own.end() ? usual_text : text->second;
           };
           out.push_back(std::move(field));
         });
  return out;
}

}  // namespace tessera
