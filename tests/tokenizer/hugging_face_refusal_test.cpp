// Every refusal of the readers of Hugging Face's files, with its message.
#include <gtest/gtest.h>

#include "framework/core/error.h"
#include "framework/tokenizer/bert_vocab.h"
#include "framework/tokenizer/gpt2_files.h"
#include "framework/tokenizer/hugging_face.h"

namespace tessera {
namespace {

using Files = std::map<std::string, std::string>;
using Read = PipelineParts (*)(const TokenizerFiles&, const std::string&);

std::string refusal(Read read, const Files& files, const std::string& where) {
  try {
    read(TokenizerFiles(files), where);
  } catch (const UserError& error) {
    return error.what();
  }
  return "accepted";
}

std::string refusal(const std::string& text) {
  return refusal(read_hugging_face, {{"t.json", text}}, "t.json");
}

/// A tokenizer.json with this model and further members.
std::string with_model(const std::string& model, const std::string& rest = "") {
  return R"({"version": "1.0", )" + rest + R"("model": )" + model + "}";
}
std::string with(const std::string& rest) {
  return with_model(R"({"type": "WordLevel", "vocab": {"a": 0, "b": 1, "<unk>": 2},
                        "unk_token": "<unk>"})",
                    rest + ", ");
}

struct Case {
  std::string text, message;
};

TEST(HuggingFaceRefusals, TextThatIsNoTokenizer) {
  const std::string deep = std::string(40, '[') + std::string(40, ']');
  const Case cases[] = {
      {R"({"model": {"vocab": {"a": 0)", "t.json is not JSON: it makes no sense at byte 28"},
      {R"({"model": {"vocab": {}}} x)", "t.json is not JSON: it makes no sense at byte 26"},
      {R"(["model", "vocab"])", "t.json: the JSON is no object"},
      {"\xef\xbb\xbf{\"model\": {\"vocab\": {}}}",
       "t.json begins with a byte order mark; save it as UTF-8 without one"},
      {std::string("{\"model\": {\"vocab\": {}}}\0", 25),
       "t.json is not JSON: it holds zero bytes"},
      {R"({"model": 1, "vocab": )" + deep + "}", "t.json: nested deeper than 32 levels"},
      {R"({"model": {"type": "BPE", "vocab": {"a": 0, "b": [)" + deep + "]}}}",
       "t.json: the id of token 'b' is no integer that fits"},
      {R"({"model": {"vocab": {}}, "model": {}})", "t.json: the key \"model\" is given twice"},
      {R"({"model": {"vocab": {}, "vocab": []}})", "t.json: the key \"vocab\" is given twice"},
      {R"({"model": {"merges": [], "merges": [], "vocab": {}}})",
       "t.json: the key \"merges\" is given twice"},
      {"{\"model\": {\"vocab\": {\"\xff\": 0}}}",
       "t.json is not JSON: it makes no sense at byte 23"},
      {R"({"version": "2.0", "model": {"vocab": {}}})",
       "t.json: \"version\" is '2.0'; only 1.0 is known"},
      {R"({"version": 1, "model": {"vocab": {}}})",
       "t.json: \"version\": a text is expected in place of a number"},
      {R"({"a": "\"model\"", "vocab": 1, "x": "model", "model": {"vocab": 1e999}})",
       "t.json is not JSON: [json.exception.out_of_range.406] number overflow parsing '1e999'"},
  };
  for (const auto& [text, message] : cases) EXPECT_EQ(refusal(text), message) << text;
}

TEST(HuggingFaceRefusals, Models) {
  const Case cases[] = {
      {R"({"type": "Markov", "vocab": {}})",
       "t.json: \"model\": the type 'Markov' is unknown; known are BPE, WordPiece, WordLevel and "
       "Unigram"},
      {R"({"vocab": {}})",
       "t.json: \"model\": has neither a type nor the options of a model that is known"},
      {R"({"type": "BPE", "vocab": {"a": 0}})", "t.json: \"model\": \"merges\" is missing"},
      {R"({"type": "BPE", "merges": [], "x": "vocab"})", "t.json: \"model\": \"vocab\" is missing"},
      {R"({"type": "BPE", "vocab": [["a", 0.5]], "merges": []})",
       "t.json: \"model\": \"vocab\" is a list; an object of ids by token is expected"},
      {R"({"type": "BPE", "vocab": {"a": 0, "b": 1}, "merges": ["a b"]})",
       "t.json: \"model\": merge 1, 'a' and 'b', needs the token 'ab', which the vocabulary lacks; "
       "merges and vocabulary are of different tokenizers, or one of them is damaged"},
      {R"({"type": "BPE", "vocab": {"a": 0, "ac": 1}, "merges": [["a", "c"]]})",
       "t.json: \"model\": merge 1, 'a' and 'c', needs the token 'c', which the vocabulary lacks; "
       "merges and vocabulary are of different tokenizers, or one of them is damaged"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": ["aa"]})",
       "t.json: merge 1, 'aa', is not two tokens with one space between them"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [["a", "a", "a"]]})",
       "t.json: merge 1 is no pair of tokens"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [["a"]]})",
       "t.json: merge 1 is no pair of tokens"},
      {R"({"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": [["a", "a"], "a a"]})",
       "t.json: some merges are texts and others are pairs"},
      {R"({"type": "BPE", "vocab": {"a": 0, "aa": 1}, "merges": ["a a", ["a", "a"]]})",
       "t.json: some merges are texts and others are pairs"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [3]})",
       "t.json: merge 1 is no pair of tokens"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "dropout": 0.1})",
       "t.json: \"model\": \"dropout\" is 0.1, which makes ids random; set it to null"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "<unk>"})",
       "t.json: \"model\": \"unk_token\" is '<unk>', which the vocabulary lacks"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "fuse_unk": "yes"})",
       "t.json: \"model\": \"fuse_unk\": true or false is expected in place of a string"},
      {R"({"type": "BPE", "vocab": {"a": "0"}, "merges": []})",
       "t.json: the id of token 'a' is no integer that fits"},
      {R"({"type": "BPE", "vocab": {"a": 0.5}, "merges": []})",
       "t.json: the id of token 'a' is no integer that fits"},
      {R"({"type": "BPE", "vocab": {"a": 18446744073709551615}, "merges": []})",
       "t.json: the id of token 'a' is no integer that fits"},
      {R"({"type": "BPE", "vocab": {"a": -1}, "merges": []})",
       "t.json: \"model\": token 'a' has the id -1; ids begin with 0"},
      {R"({"type": "BPE", "vocab": {"a": 0, "b": 0}, "merges": []})",
       "t.json: \"model\": the id 0 stands for two tokens, 'a' and 'b'"},
      {R"({"type": "BPE", "vocab": {"a": 0, "a": 1}, "merges": []})",
       "t.json: \"model\": token 'a' has two ids, 0 and 1"},
      {R"({"type": "BPE", "vocab": {"a": 4000000000}, "merges": []})",
       "t.json: \"model\": token 'a' has the id 4000000000, far beyond the 1 tokens; the file is "
       "damaged, or its ids have to be numbered anew"},
      {R"({"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]",
           "continuing_subword_prefix": "##"})",
       "t.json: \"model\": \"max_input_chars_per_word\" is missing"},
      {R"({"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]",
           "continuing_subword_prefix": "##", "max_input_chars_per_word": 100})",
       "t.json: \"model\": the token for unknown words, '[UNK]', is not in the vocabulary"},
      {R"({"type": "WordLevel", "vocab": {"a": 0}})",
       "t.json: \"model\": \"unk_token\" is missing"},
      {R"({"type": "Unigram", "vocab": {"a": 0}, "unk_id": 0})",
       "t.json: \"model\": \"vocab\" is an object; a list of tokens with their scores is expected"},
      {R"({"type": "Unigram", "vocab": [["a", 0.5], ["b"]]})",
       "t.json: entry 2 of \"vocab\" is no pair of a token and its score"},
      {R"({"type": "Unigram", "vocab": [["a", 0.5, 1]]})",
       "t.json: entry 1 of \"vocab\" is no pair of a token and its score"},
      {R"({"type": "Unigram", "vocab": [[0.5, "a"]]})",
       "t.json: entry 0 of \"vocab\" is no pair of a token and its score"},
      {R"({"type": "Unigram", "vocab": [["a", 0.5]], "unk_id": 1})",
       "t.json: \"model\": \"unk_id\" is 1, but there are 1 tokens"},
      {R"({"type": "Unigram", "vocab": [["a", 0.5]], "unk_id": -1})",
       "t.json: \"model\": \"unk_id\": -1 is out of range"},
  };
  for (const auto& [model, message] : cases)
    EXPECT_EQ(refusal(with_model(model)), message) << model;
}

TEST(HuggingFaceRefusals, OtherParts) {
  const std::string token = R"("single_word": false, "lstrip": false, "rstrip": false,
                               "normalized": false, "special": true})";
  const Case cases[] = {
      {R"("decoder": {"type": "Morse"})",
       "t.json: \"decoder\": the type 'Morse' is unknown; known are ByteLevel, WordPiece, "
       "Metaspace, BPEDecoder, ByteFallback, Fuse, Strip, Replace, CTC and Sequence"},
      {R"("decoder": {"type": "WordPiece", "prefix": "##"})",
       "t.json: \"decoder\": \"cleanup\" is missing"},
      {R"("decoder": {"type": "Sequence", "decoders": [{"type": "Strip", "content": "ab"}]})",
       "t.json: \"decoder\", step 1: \"content\" is to be one character, not 'ab'"},
      {R"("decoder": {"type": "Metaspace", "replacement": "_", "prepend_scheme": "often"})",
       "t.json: \"decoder\": \"prepend_scheme\" is 'often'; it can be always, first or never"},
      {R"("decoder": {"type": "Metaspace", "replacement": "_", "add_prefix_space": false,
                      "prepend_scheme": "first"})",
       "t.json: \"decoder\": \"add_prefix_space\" is false, but \"prepend_scheme\" is 'first'; one "
       "of them has to go"},
      {R"("decoder": {"type": "Replace", "pattern": "a", "content": ""})",
       "t.json: \"decoder\": \"pattern\": {\"String\": …} or {\"Regex\": …} is expected"},
      {R"("decoder": "ByteLevel")",
       "t.json: \"decoder\": an object is expected in place of a string"},
      {R"("normalizer": {"type": "Upper"})",
       "t.json: \"normalizer\": the type 'Upper' is unknown; known are BertNormalizer, Strip, "
       "StripAccents, NFC, NFD, NFKC, NFKD, Lowercase, Nmt, Precompiled, Replace, Prepend, "
       "ByteLevel and Sequence"},
      {R"("normalizer": {"type": "BertNormalizer", "clean_text": true})",
       "t.json: \"normalizer\": \"handle_chinese_chars\" is missing"},
      {R"("normalizer": {"type": "Precompiled", "precompiled_charsmap": "?"})",
       "t.json: \"normalizer\": \"precompiled_charsmap\" is not base64"},
      {R"("normalizer": {"type": "Sequence", "normalizers": [{"type": "NFC"}, {"type": "Strip"}]})",
       "t.json: \"normalizer\", step 2: \"strip_left\" is missing"},
      {R"("post_processor": {"type": "Frame"})",
       "t.json: \"post_processor\": the type 'Frame' is unknown; known are TemplateProcessing, "
       "BertProcessing, RobertaProcessing, ByteLevel and Sequence"},
      {R"("post_processor": {"type": "BertProcessing", "sep": ["a", 3], "cls": ["b", 1]})",
       "t.json: \"post_processor\": \"sep\": 3 is no token; ids are 0 to 2"},
      {R"("post_processor": {"type": "BertProcessing", "sep": [1, "a"], "cls": ["b", 1]})",
       "t.json: \"post_processor\": \"sep\" is to be a token and its id"},
      {R"("post_processor": {"type": "TemplateProcessing", "pair": [], "special_tokens": {},
          "single": [{"SpecialToken": {"id": "X", "type_id": 0}}]})",
       "t.json: \"post_processor\": \"single\", piece 1: 'X' is not among the \"special_tokens\""},
      {R"("post_processor": {"type": "TemplateProcessing", "pair": [], "special_tokens": {},
          "single": [{"Sequence": {"id": "B", "type_id": 0}}]})",
       "t.json: \"post_processor\": \"single\", piece 1: there is no text B"},
      {R"("post_processor": {"type": "TemplateProcessing", "pair": [], "special_tokens": {},
          "single": ["$A"]})",
       "t.json: \"post_processor\": \"single\", piece 1: a \"Sequence\" or a \"SpecialToken\" is "
       "expected"},
      {R"("added_tokens": [{"id": 4, "content": "<x>", )" + token + "]",
       "t.json: the added token '<x>' has the id 4, but its place is 3: added tokens keep the id of "
       "the vocabulary, or follow its 3 tokens in order"},
      {R"("added_tokens": [{"id": 0, "content": "b", )" + token + "]",
       "t.json: the added token 'b' has the id 0, but its place is 1: added tokens keep the id of "
       "the vocabulary, or follow its 3 tokens in order"},
      {R"("added_tokens": [{"id": 1, "content": "b", )" + token +
           R"(, {"id": 1, "content": "b", )" + token + "]",
       "t.json: the added token 'b' is given twice"},
  };
  for (const auto& [part, message] : cases) EXPECT_EQ(refusal(with(part)), message) << part;
}

TEST(HuggingFaceRefusals, AddedTokensInHolesOfTheVocabulary) {
  EXPECT_EQ(refusal(R"({"model": {"type": "WordLevel", "unk_token": "a", "vocab": {"a": 0, "b": 2}},
                        "added_tokens": [{"id": 2, "content": "<x>", "single_word": false,
                                          "lstrip": false, "rstrip": false, "normalized": false,
                                          "special": true}]})"),
            "t.json: the added token '<x>' takes the id 2, which is that of 'b' in the vocabulary");
}

TEST(HuggingFaceRefusals, ByteLevelModels) {
  const std::string bytes = R"("pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false,
                               "trim_offsets": true, "use_regex": true}, )";
  const Case cases[] = {
      {R"({"type": "Unigram", "vocab": [["a", 0.5]]})",
       "t.json: \"model\": a Unigram model over byte-level pieces is not known to this program"},
      {R"({"type": "BPE", "vocab": {"a": 0, "a b": 1}, "merges": [["a", "日"]]})",
       "t.json: \"model\": the merge of 'a' and '日' needs the token '日', which the vocabulary "
       "lacks"},
      {R"({"type": "BPE", "vocab": {"a": 0}, "merges": [], "end_of_word_suffix": "日"})",
       "t.json: \"model\": \"end_of_word_suffix\" is '日', which spells no bytes, but the "
       "vocabulary does"},
  };
  for (const auto& [model, message] : cases)
    EXPECT_EQ(refusal(with_model(model, bytes)), message) << model;
}

TEST(HuggingFaceRefusals, ConfigsBesideIt) {
  const auto with_config = [](const std::string& name, const std::string& text) {
    return refusal(
        read_hugging_face,
        {{"tokenizer.json", with_model(R"({"vocab": {"a": 0}, "unk_token": "a"})")}, {name, text}},
        "dir");
  };
  EXPECT_EQ(with_config("tokenizer_config.json", "[]"),
            "dir/tokenizer_config.json: the JSON is no object");
  EXPECT_EQ(with_config("tokenizer_config.json", R"({"pad_token": 3})"),
            "dir/tokenizer_config.json: \"pad_token\": a token is expected in place of a number");
  EXPECT_EQ(with_config("tokenizer_config.json", R"({"added_tokens_decoder": {"x": "<x>"}})"),
            "dir/tokenizer_config.json: \"added_tokens_decoder\": 'x' is no id");
  EXPECT_EQ(with_config("special_tokens_map.json", R"({"pad_token": {"lstrip": 1}})"),
            "dir/tokenizer_config.json: \"pad_token\": \"content\" is missing");
  EXPECT_EQ(with_config("added_tokens.json", R"({"<x>": -1})"),
            "dir/added_tokens.json: '<x>': -1 is out of range");
}

TEST(HuggingFaceRefusals, VocabTxt) {
  const auto bert = [](const std::string& vocab, const std::string& config) {
    return refusal(read_bert_vocab, {{"vocab.txt", vocab}, {"tokenizer_config.json", config}}, "d");
  };
  EXPECT_EQ(bert("", "{}"), "d/vocab.txt: has no tokens");
  EXPECT_EQ(bert("a\xff\n", "{}"), "d/vocab.txt: is not UTF-8; save it as UTF-8");
  EXPECT_EQ(bert("[UNK]\na\nb\na\n", "{}"), "d/vocab.txt: token 'a' has two ids, 1 and 3");
  EXPECT_EQ(bert("a\nb\n", "{}"),
            "d/vocab.txt: the token for unknown words, '[UNK]', is not in the vocabulary");
  EXPECT_EQ(bert("[UNK]\na\n", R"({"do_lower_case": 1})"),
            "d/tokenizer_config.json: \"do_lower_case\": true or false is expected in place of a "
            "number");
  EXPECT_EQ(bert("[UNK]\na\n", R"({"cls_token": null})"),
            "d/tokenizer_config.json: \"cls_token\" is null; BERT's tokenizer needs it");
  EXPECT_EQ(bert("[UNK]\na\n", R"({"tokenizer_class": "XLNetTokenizer"})"),
            "d/tokenizer_config.json: \"tokenizer_class\" is XLNetTokenizer, which is not known to "
            "this program to have a vocab.txt; load it with transformers and save it, which writes "
            "a tokenizer.json");
}

TEST(HuggingFaceRefusals, VocabJson) {
  const auto gpt2 = [](const std::string& vocab, const std::string& merges,
                       const std::string& config) {
    return refusal(
        read_gpt2_files,
        {{"vocab.json", vocab}, {"merges.txt", merges}, {"tokenizer_config.json", config}}, "d");
  };
  EXPECT_EQ(refusal(read_gpt2_files, {{"vocab.json", "{}"}}, "d"),
            "d: vocab.json needs merges.txt beside it");
  EXPECT_EQ(refusal(read_gpt2_files, {{"encoder.json", "{}"}}, "d"),
            "d: encoder.json needs vocab.bpe beside it");
  EXPECT_EQ(gpt2("[]", "", "{}"), "d/vocab.json: the JSON is no object");
  EXPECT_EQ(gpt2("3", "", "{}"), "d/vocab.json: the JSON is no object");
  EXPECT_EQ(gpt2(R"({"a": [1]})", "", "{}"),
            "d/vocab.json: the id of token 'a' is no integer that fits");
  EXPECT_EQ(gpt2(R"({"a": 0})", "#version: 0.2\na b c\n", "{}"),
            "d/merges.txt: merge 1, 'a b c', is not two tokens with one space between them");
  EXPECT_EQ(gpt2(R"({"a": 0})", "a a\n", "{}"),
            "d/vocab.json: merge 1, 'a' and 'a', needs the token 'aa', which the vocabulary lacks; "
            "merges and vocabulary are of different tokenizers, or one of them is damaged");
  EXPECT_EQ(gpt2(R"({"a": 0})", "\xff a\n", "{}"), "d/merges.txt: is not UTF-8; save it as UTF-8");
  EXPECT_EQ(gpt2(R"({"<s>": 0, "</s>": 1})", "", "{}"),
            "d: looks like RoBERTa's; write a tokenizer_config.json with \"tokenizer_class\": "
            "\"RobertaTokenizer\" or \"GPT2Tokenizer\" beside it");
  EXPECT_EQ(gpt2(R"({"a": 0})", "", R"({"tokenizer_class": "Qwen2Tokenizer"})"),
            "d/tokenizer_config.json: \"tokenizer_class\" is Qwen2Tokenizer, which is not known to "
            "this program to have a vocab.json; load it with transformers and save it, which "
            "writes a tokenizer.json");
  EXPECT_EQ(
      gpt2(R"({"a": 0, "b": 1})", "", R"({"added_tokens_decoder": {"5": {"content": "<x>"}}})"),
      "d: the added token '<x>' has the id 5, but its place is 2: added tokens keep the id of "
      "the vocabulary, or follow its 2 tokens in order");
}

}  // namespace
}  // namespace tessera
