#include "framework/tokenizer/bpe.h"

#include <algorithm>

#include "framework/core/error.h"
#include "framework/tokenizer/merge_pairs.h"
#include "framework/tokenizer/utf8.h"

namespace tessera {

Bpe::Bpe(Vocabulary vocabulary, BpeOptions options)
    : vocabulary_(std::move(vocabulary)), options_(std::move(options)) {
  for (size_t byte = 0; byte < byte_ids_.size(); ++byte) {
    const auto one = static_cast<char>(byte);
    byte_ids_[byte] = options_.bytes ? vocabulary_.find({&one, 1})
                                     : vocabulary_.find(fmt::format("<0x{:02X}>", byte));
  }
}

Bpe::Bpe(Vocabulary vocabulary, const Merges& merges, BpeOptions options, const std::string& what)
    : Bpe(std::move(vocabulary), std::move(options)) {
  merges_ = PairTable(merges.size());
  const size_t prefix = options_.continuing_prefix.size();
  std::string joined;
  for (size_t rank = 0; rank < merges.size(); ++rank) {
    const std::string &left = merges[rank].first, &right = merges[rank].second;
    const auto id_of = [&](const std::string& token) {
      const int32_t id = vocabulary_.find(token);
      require(id >= 0,
              "{}: merge {}, '{}' and '{}', needs the token '{}', which the vocabulary lacks; "
              "merges and vocabulary are of different tokenizers, or one of them is damaged",
              what, rank + 1, left, right, token);
      return id;
    };
    require(right.size() >= prefix, "{}: merge {}, '{}' and '{}': the second has no prefix '{}'",
            what, rank + 1, left, right, options_.continuing_prefix);
    joined = left;
    joined.append(right, prefix);
    const int32_t left_id = id_of(left), right_id = id_of(right);
    merges_.add(left_id, right_id, {static_cast<uint32_t>(rank), id_of(joined)});
  }
}

Bpe Bpe::ranked(Vocabulary vocabulary) {
  BpeOptions options;
  options.ignore_merges = true;
  options.bytes = true;
  Bpe bpe(std::move(vocabulary), options);
  bpe.merges_ = PairTable(static_cast<size_t>(bpe.vocabulary_.size()) * 2);
  for (int32_t id = 0; id < bpe.vocabulary_.size(); ++id) {
    const std::string_view token = bpe.vocabulary_.token(id);
    for (size_t cut = 1; cut < token.size(); ++cut) {
      const int32_t left = bpe.vocabulary_.find(token.substr(0, cut));
      const int32_t right = left < 0 ? -1 : bpe.vocabulary_.find(token.substr(cut));
      if (right >= 0) bpe.merges_.add(left, right, {static_cast<uint32_t>(id), id});
    }
  }
  return bpe;
}

bool Bpe::has_all_bytes() const {
  return std::none_of(byte_ids_.begin(), byte_ids_.end(), [](int32_t id) { return id < 0; });
}

void Bpe::encode(std::string_view piece, std::vector<int32_t>& ids) const {
  if (options_.ignore_merges) {
    const int32_t whole = vocabulary_.find(piece);
    if (whole >= 0) {
      ids.push_back(whole);
      return;
    }
  }
  const size_t begin = ids.size();
  if (options_.bytes)
    append_bytes(piece, ids);
  else
    append_characters(piece, ids);
  merge_pairs(merges_, ids, begin);
}

void Bpe::append_bytes(std::string_view piece, std::vector<int32_t>& ids) const {
  for (const char byte : piece) {
    const int32_t id = byte_ids_[static_cast<unsigned char>(byte)];
    if (id >= 0)
      ids.push_back(id);
    else if (options_.unknown >= 0)
      ids.push_back(options_.unknown);
  }
}

void Bpe::append_characters(std::string_view piece, std::vector<int32_t>& ids) const {
  bool waiting = false;  // an unknown token; as in the reference it waits for the next known one
  const auto append_waiting = [&] {
    if (waiting) ids.push_back(options_.unknown);
    waiting = false;
  };
  std::string symbol;
  for (size_t at = 0; at < piece.size();) {
    const std::string_view character = piece.substr(at, decode_utf8(piece, at).bytes);
    symbol.clear();
    if (at > 0) symbol += options_.continuing_prefix;
    symbol += character;
    at += character.size();
    if (at == piece.size()) symbol += options_.word_suffix;
    const int32_t id = vocabulary_.find(symbol);
    if (id >= 0) {
      append_waiting();
      ids.push_back(id);
      continue;
    }
    if (options_.byte_fallback) {
      bool all = true;
      for (const char byte : symbol) all = all && byte_ids_[static_cast<unsigned char>(byte)] >= 0;
      if (all) {
        for (const char byte : symbol) ids.push_back(byte_ids_[static_cast<unsigned char>(byte)]);
        continue;
      }
    }
    if (options_.unknown < 0) continue;
    if (waiting && !options_.fuse_unknown) ids.push_back(options_.unknown);
    waiting = true;
  }
  append_waiting();
}

}  // namespace tessera
