// Files of torch.save: what torch wrote, and what is refused without executing anything.
#include "framework/formats/pytorch_file.h"

#include "tests/formats/golden.h"
#include "tests/formats/zip_bytes.h"

namespace tessera {
namespace {

using namespace std::string_literals;

std::string refusal_of_file(const std::string& bytes) {
  TemporaryFolder folder;
  write_file(folder / "x.bin", bytes);
  const std::string message = error_of([&] { const PytorchFile file(folder / "x.bin"); });
  EXPECT_EQ(message.find((folder / "x.bin").string()), 0u) << message;
  return message;
}

/// An archive with this pickle and one storage of eight f32.
ZipBytes archive(const std::string& pickle) {
  ZipBytes zip;
  zip.members = {{"x/data.pkl", pickle}, {"x/data/0", std::string(32, '\0')}};
  return zip;
}

std::string refusal(const std::string& pickle) { return refusal_of_file(archive(pickle).file()); }

std::string text(const std::string& word) {
  return "X" + little(static_cast<uint32_t>(word.size())) + word;
}
std::string number(int32_t value) { return "J" + little(value); }

const std::string kRebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
const std::string kStorage =
    "(" + text("storage") + "ctorch\nFloatStorage\n" + text("0") + text("cpu") + number(8) + "tQ";

/// {"w": a tensor with these arguments}
std::string one_tensor(const std::string& storage, const std::string& offset,
                       const std::string& shape, const std::string& strides) {
  return "\x80\x02}" + text("w") + kRebuild + "(" + storage + offset + shape + strides +
         "\x89"
         "ccollections\nOrderedDict\n)RtRs.";
}

TEST(PytorchFile, WhatTorchWrites) {
  for (const char* name : {"torch.bin", "torch_protocol4.bin", "torch_stream.bin"}) {
    SCOPED_TRACE(name);
    const PytorchFile file(golden_path(name));
    EXPECT_EQ(expect_golden(file, "torch"), 19);
    EXPECT_EQ(file.names().front(), "matrix");
    EXPECT_EQ(file.tensor("bfloat16").type, StoredType::bf16);
    expect_contains(error_of([&] { file.tensor("none"); }), "has no tensor 'none'");
    std::vector<float> out(2);
    EXPECT_THROW(file.read("scalar", 0, out), InternalError);
  }
}

TEST(PytorchFile, ByHandInBothFormsOfZip) {
  ZipBytes zip = archive(one_tensor(kStorage, "K\2", "K\3K\2\x86", "K\1K\3\x86"));
  zip.members[1].bytes = little(0.f) + little(1.f) + little(2.f) + little(3.f) + little(4.f) +
                         little(5.f) + little(6.f) + little(7.f);
  for (const bool zip64 : {false, true}) {
    zip.zip64 = zip64;
    TemporaryFolder folder;
    write_file(folder / "x", zip.file(zip64 ? "" : "PK\5\6 in a comment"));
    const PytorchFile file(folder / "x");
    EXPECT_EQ(file.tensor("w").shape, (Shape{3, 2}));
    EXPECT_EQ(all_of(file, "w"), (std::vector<float>{2, 5, 3, 6, 4, 7}));
  }
}

TEST(PytorchFile, ForeignNamesAreRefusedAndNotCalled) {
  expect_contains(refusal("\x80\x02"s + "cposix\nsystem\n" + text("touch /tmp/x") + "\x85R."),
                  "its pickle asks for posix.system, which is not needed for tensors; nothing was");
  expect_contains(refusal("\x80\x04"s + text("builtins") + text("eval") + "\x93."),
                  "asks for builtins.eval");
  expect_contains(refusal("\x80\x02"s + "ctorch\nload\n."), "asks for torch.load");
  expect_contains(refusal("\x80\x02"s + "ctorch\nComplexFloatStorage\n."),
                  "asks for torch.ComplexFloatStorage");
  expect_contains(refusal("\x80\x02"s + "ctorch._utils\n_rebuild_device_tensor_from_numpy\n."),
                  "asks for torch._utils._rebuild_device_tensor_from_numpy");
  expect_contains(refusal("\x80\x02"s + "ctorch\nFloatStorage\n)R."),
                  "calls a class, which is no function");
}

TEST(PytorchFile, ForeignOpcodesAreRefusedByName) {
  expect_contains(refusal("\x80\x02)\x81."), "uses pickle's opcode NEWOBJ (0x81)");
  expect_contains(refusal("(S'x'\nios\nsystem\n."), "uses pickle's opcode STRING (0x53)");
  expect_contains(refusal("\x80\x02(ios\nsystem\n."), "uses pickle's opcode INST (0x69)");
  expect_contains(refusal("\x80\x02\x82\x01."), "uses pickle's opcode EXT1 (0x82)");
  expect_contains(refusal("\x80\x02P1\n."), "uses pickle's opcode PERSID (0x50)");
  expect_contains(refusal("\xff"), "uses pickle's opcode 0xff");
  expect_contains(refusal("\x80\x06}."), "is of pickle's protocol 6; 2 to 5 are read");
}

TEST(PytorchFile, DamagedPickles) {
  expect_contains(refusal(""), "ends too early");
  expect_contains(refusal("\x80\x02}"), "ends too early");
  expect_contains(refusal("."), "an opcode lacks its operands");
  expect_contains(refusal("}(.)"), "an opcode lacks its operands");
  expect_contains(refusal("Nt."), "an opcode lacks its mark");
  expect_contains(refusal("h\7."), "no value was kept under 7");
  expect_contains(refusal("}(NNNu."), "a key lacks its value");
  expect_contains(refusal("]NNs."), "a list where a dictionary is due");
  expect_contains(refusal("\x8a\x09" + std::string(9, '\1') + "."), "an integer of 9 bytes");
  expect_contains(refusal("X\xff\xff\xff\x7f"), "ends too early");
  expect_contains(refusal("c" + std::string(300, 'x')), "of more than 200 bytes");
  expect_contains(refusal("(NNNNNNNNNtQ."), "9 arguments are too many");
  expect_contains(refusal(std::string(1'000'001, 'N') + "."), "more than 1000000 values");
  expect_contains(refusal("N" + std::string(1'000'001, '\x94') + "."), "keeps more than 1000000");
  expect_contains(refusal(std::string(8'000'001, '(')), "more than 8000000 opcodes");
  // A list that holds itself, a million levels of tuples: no way down is taken.
  expect_contains(refusal("]q\0h\0a."s), "holds a list, no dictionary of tensors");
  expect_contains(refusal(")" + std::string(900'000, '\x85') + "."), "holds a tuple");
}

TEST(PytorchFile, OnlyDictionariesOfTensors) {
  expect_contains(refusal("]."), "holds a list, no dictionary of tensors");
  expect_contains(refusal("}K\1Ns."), "a key of its dictionary is an integer, no text");
  expect_contains(refusal("}" + text("epoch") + "K\1s."), "'epoch' is an integer, no tensor: save");
  expect_contains(refusal("}" + text("state_dict") + "}s."), "'state_dict' is a dictionary, no");
  const std::string twice = one_tensor(kStorage, "K\0"s, "K\1\x85", "K\1\x85");
  const std::string pair = twice.substr(3, twice.size() - 5);
  expect_contains(refusal("}" + pair + "s" + pair + "s."), "'w' is given twice");
}

TEST(PytorchFile, TensorsStayWithinTheirStorage) {
  const auto tensor = [](const std::string& offset, const std::string& shape,
                         const std::string& strides) {
    return refusal(one_tensor(kStorage, offset, shape, strides));
  };
  expect_contains(tensor("K\0"s, "K\x09\x85", "K\1\x85"), "repeats elements of its storage");
  expect_contains(tensor("K\0"s, "K\3\x85", "K\4\x85"), "reaches beyond its storage of 8");
  expect_contains(tensor("K\1", "K\x08\x85", "K\1\x85"), "reaches beyond its storage of 8");
  expect_contains(tensor(number(-1), "K\2\x85", "K\1\x85"), "has the number -1");
  expect_contains(tensor("K\0"s, "K\2\x85", ")"), "has 1 dims and 0 strides");
  expect_contains(tensor("K\0"s, "N", ")"), "has None where a tuple is due");
  const std::string huge = "\x8a\x08" + little(int64_t{1} << 62);
  expect_contains(tensor("K\0"s, "K\2\x85", huge + "\x85"), "reaches beyond");
  expect_contains(tensor("K\0"s, huge + huge + "\x86", "K\1K\1\x86"), "is too large");
  expect_contains(tensor(huge, "K\2\x85", "K\1\x85"), "reaches beyond");
  std::string marked = one_tensor(kStorage, "K\0"s, "K\2\x85", "K\1\x85");
  marked.replace(marked.find(")RtRs"), 5, ")R}" + text("neg") + "\x88stRs");
  expect_contains(refusal(marked), "is stored with marks (negated or conjugated)");
  std::string dims = "(";
  for (int d = 0; d < 65; ++d) dims += "K\1";
  expect_contains(tensor("K\0"s, dims + "t", dims + "t"), "has 65 dims");
}

TEST(PytorchFile, StoragesMustBeThere) {
  const auto with = [](const std::string& key, const std::string& elements) {
    const std::string storage = "(" + text("storage") + "ctorch\nFloatStorage\n" + text(key) +
                                text("cpu") + elements + "tQ";
    return refusal(one_tensor(storage, "K\0"s, "K\1\x85", "K\1\x85"));
  };
  expect_contains(with("7", "K\x08"), "lacks storage 7 of tensor 'w'");
  expect_contains(with("0", "K\x09"), "has 32 bytes, 9 numbers of f32 are due");
  expect_contains(with("0", text("8")), "has a text where an integer is due");
  expect_contains(refusal(one_tensor("(" + text("module") + "tQ", "K\0"s, ")", ")")),
                  "its data is no storage");
  expect_contains(refusal(one_tensor("()tQ", "K\0"s, ")", ")")), "has a tuple where a text is due");
}

TEST(PytorchFile, DamagedArchives) {
  const std::string pickle = one_tensor(kStorage, "K\0"s, "K\1\x85", "K\1\x85");
  ZipBytes zip = archive(pickle);
  const std::string good = zip.file();
  expect_contains(refusal_of_file(good.substr(0, good.size() - 1)), "without its end");
  expect_contains(refusal_of_file("PK\3\4"), "without its end");
  expect_contains(refusal_of_file("hello"), "is no file of torch.save");
  expect_contains(refusal_of_file(""), "is no file of torch.save");
  zip.members[1].method = 8;
  expect_contains(refusal_of_file(zip.file()), "member 'x/data/0' is compressed (method 8)");
  zip.members[1].method = 0;
  zip.members[1].flags = 1;
  expect_contains(refusal_of_file(zip.file()), "member 'x/data/0' is encrypted");
  zip.members[1].flags = 0;
  zip.members[1].own_name = "x/data/1";
  expect_contains(refusal_of_file(zip.file()), "has another name in its own header");
  zip = archive(pickle);
  zip.members.push_back(zip.members[1]);
  expect_contains(refusal_of_file(zip.file()), "member 'x/data/0' is there twice");
  zip = archive(pickle);
  zip.members[0].name = zip.members[0].own_name = "x/model.json";
  expect_contains(refusal_of_file(zip.file()), "not PyTorch's: it has no data.pkl");
  zip = archive(pickle);
  zip.members.push_back({"x/byteorder", "big"});
  expect_contains(refusal_of_file(zip.file()), "is big-endian, which is not read: load it");
  std::string moved = good;
  moved.replace(good.size() - 6, 4, little(uint32_t{0x7fffffff}));
  expect_contains(refusal_of_file(moved), "beyond the end of the archive");
}

TEST(PytorchFile, DamagedStreams) {
  const std::string good = read_file(golden_path("torch_stream.bin"));
  expect_contains(refusal_of_file(good.substr(0, good.size() - 1)), "the file is truncated");
  expect_contains(refusal_of_file(good.substr(0, 20)), "ends too early");
  std::string other = good;
  other.replace(18, 2, "\xea\x03");
  expect_contains(refusal_of_file(other), "is a stream of PyTorch's version 1002, only 1001");
  other = good;
  const size_t place = other.find("little_endian") + 13;
  other[other.find('\x88', place)] = '\x89';
  expect_contains(refusal_of_file(other), "was not written on a little-endian machine");
  expect_contains(refusal_of_file("\x80\x02]."), "of a form that is not read: load it in Python");
}

}  // namespace
}  // namespace tessera
