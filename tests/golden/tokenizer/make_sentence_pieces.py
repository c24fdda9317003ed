"""Trains tiny SentencePiece models and writes what sentencepiece 0.2.3 makes of texts with them.

    python tests/golden/tokenizer/make_sentence_pieces.py      # needs sentencepiece 0.2.3 and protobuf

writes into tests/golden/tokenizer/sentence_piece, for each model: NAME.model; NAME.golden, lines
"hex of a text <tab> ids <tab> hex of what the ids decode to"; and in hashes.txt one line a model:
its name, FNV-1a (64 bits) over the ids of FUZZ texts drawn from the alphabet (each closed by -1),
the same over one long text, and over the texts that the fuzz ids decode to. The alphabet stands in
alphabet.txt, one hex string a line. tests/tokenizer/sentence_piece_test.cpp draws the same texts.
"""

import io
import os
import random
import tempfile

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as messages

assert sentencepiece.__version__ == "0.2.3"
FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "sentence_piece")
FUZZ, LONG = 3000, 30000

ALPHABET = [
    b" ", b" ", b" ", b"  ", b"the", b"of the", b"in", b"a", b"b", b"c", b"d", b"e", b"s", b"t",
    b"ing", b"er", b"A", b"I", b".", b",", b"\n", b"\t", b"\0", b"0", b"1", b"12", b"<cite>",
    b"<s>", b"</s>", b"<unk>", b"<0x41>", b"xx", b"xxy", "é".encode(), b"e\xcc\x81", "ﬁ".encode(),
    "\u3000".encode(), "\u2581".encode(), "\u2581\u2581".encode(), "ü".encode(), "ß".encode(),
    "日".encode(), "本".encode(), "日本".encode(), "語".encode(), "💡".encode(), "👩‍👩‍👧".encode(),
    "각".encode(), "\u1100\u1161\u11a8".encode(), "\u200b".encode(), "\ufffd".encode(),
    b"\xff", b"\xe2\x96", b"\xed\xa0\x80", b"\xf0\x9f", b"\xc3", b"\xc0\xaf", "Ａ".encode(),
    "zz".encode(), "qu".encode(),
]

CASES = [
    "", " ", "  ", "a", " a", "a ", "  a  b  ", "the cat sat on the mat.", "of the people, in the",
    "x<cite>y", "<cite>", " <cite> <cite>", "xxy xx xxxy", "<s>a</s>", "<unk>", "日本語 日本", "é e\u0301 ﬁ",
    "\u2581a\u2581", "\u3000a\u3000", "a\u200bb", "Ａ a", "💡💡", "tab\there", "line\nline\r\n",
    "1234567890", "ÀÁÂ", "각 \u1100\u1161\u11a8", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "internationalization of the internationalization", "    four", "a    b", "\ufffd",
]
BYTE_CASES = [b"\xff", b"a\xe2\x96b", b"\xed\xa0\x80", b"\xf0\x9f\x92", b"\0a\0", b"caf\xc3 \xa9"]


def corpus():
    """Sentences of made-up words, some of which stand together often."""
    draw = random.Random(11)
    parts = ["th", "e", "in", "g", "er", "a", "n", "qu", "o", "st", "ti", "on", "s", "re", "é", "ü"]
    words = ["".join(draw.choices(parts, k=draw.randint(1, 4))) for _ in range(150)]
    words += ["the", "of", "of the", "in the", "such as", "cat", "people.", "12", "1.5", "日本語", "日本"]
    return [" ".join(draw.choices(words, k=draw.randint(3, 12))) for _ in range(800)]


def train(**options):
    model = io.BytesIO()
    usual = dict(vocab_size=260, normalization_rule_name="identity", hard_vocab_limit=False,
                 minloglevel=2, num_threads=1, character_coverage=1.0)
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(corpus()), model_writer=model, **(usual | options))
    message = messages.ModelProto()
    message.ParseFromString(model.getvalue())
    return message


def rules_file():
    def code(text):
        return " ".join(f"{ord(c):X}" for c in text)
    rules = {"é": "e", "e\u0301": "e", "ﬁ": "fi", "Ａ": "A", "A": "a", "\u3000": " ", "\t": " ", "\n": " ",
             "\u200b": "", "각": "\u1100\u1161\u11a8", "ß": "ss", "t\u0301h": "x y", "💡": " * "}
    file = tempfile.NamedTemporaryFile("w", suffix=".tsv", delete=False)
    for source, target in rules.items():
        file.write(f"{code(source)}\t{code(target)}\n")
    file.close()
    return file.name


def models():
    kinds = messages.ModelProto.SentencePiece
    yield "bpe", train(model_type="bpe", vocab_size=520, byte_fallback=True, add_dummy_prefix=True,
                       remove_extra_whitespaces=False, user_defined_symbols=["<cite>", "xx", "xxy"],
                       control_symbols=["[INST]", "[INST]2"], allow_whitespace_only_pieces=True)
    unused = train(model_type="bpe", vocab_size=250, split_by_whitespace=False)
    for piece in unused.pieces:
        if len(piece.piece) in (2, 4) and piece.type == kinds.NORMAL:
            piece.type = kinds.UNUSED
    unused.pieces[60].type = kinds.UNUSED
    yield "bpe_unused", unused
    yield "bpe_suffix", train(model_type="bpe", treat_whitespace_as_suffix=True, vocab_size=220)
    rules = rules_file()
    mapped = train(model_type="unigram", normalization_rule_tsv=rules,
                   user_defined_symbols=["<cite>", "xx", "xxy"], unk_surface="[?]")
    mapped.denormalizer_spec.CopyFrom(mapped.normalizer_spec)
    mapped.denormalizer_spec.add_dummy_prefix = False
    mapped.denormalizer_spec.remove_extra_whitespaces = False
    mapped.denormalizer_spec.escape_whitespaces = False
    yield "unigram_rules", mapped
    os.unlink(rules)
    ties = train(model_type="unigram", split_by_whitespace=False, byte_fallback=True, vocab_size=560,
                 remove_extra_whitespaces=False, add_dummy_prefix=False)
    for piece in ties.pieces:  # so that many segmentations are equally good
        if piece.type == kinds.NORMAL:
            piece.score = -1.1 * len(piece.piece) if len(piece.piece) % 2 else round(piece.score, 1)
    piece = ties.pieces.add()
    piece.piece, piece.score, piece.type = "s\u2581of\u2581t", -4.3, kinds.NORMAL
    yield "unigram_ties", ties
    yield "word", train(model_type="word", vocab_size=100, user_defined_symbols=["<cite>"])
    yield "char", train(model_type="char", vocab_size=60, user_defined_symbols=["<cite>"])


def fnv(data, state=0xCBF29CE484222325):
    for byte in data:
        state = (state ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return state


class Draw:
    """Knuth's MMIX generator."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % limit

    def text(self, pieces):
        return b"".join(ALPHABET[self.below(len(ALPHABET))] for _ in range(pieces))


def int32s(ids):
    return b"".join((i & 0xFFFFFFFF).to_bytes(4, "little") for i in ids)


def main():
    os.makedirs(FOLDER, exist_ok=True)
    with open(os.path.join(FOLDER, "alphabet.txt"), "w") as file:
        file.writelines(part.hex() + "\n" for part in ALPHABET)
    hashes = []
    for name, message in models():
        for field in ("input", "model_prefix", "normalization_rule_tsv"):
            if field != "normalization_rule_tsv":
                message.trainer_spec.ClearField(field)
        message.normalizer_spec.ClearField("normalization_rule_tsv")
        data = message.SerializeToString()
        with open(os.path.join(FOLDER, name + ".model"), "wb") as file:
            file.write(data)
        model = sentencepiece.SentencePieceProcessor(model_proto=data)
        with open(os.path.join(FOLDER, name + ".golden"), "w") as file:
            for case in [text.encode() for text in CASES] + BYTE_CASES:
                ids = model.encode(case)
                text = model.decode(ids) if ids else ""
                file.write(f"{case.hex()}\t{' '.join(map(str, ids))}\t{text.encode().hex()}\n")
        draw, ids_hash, text_hash = Draw(11), fnv(b""), fnv(b"")
        for _ in range(FUZZ):
            ids = model.encode(draw.text(draw.below(24)))
            ids_hash = fnv(int32s(ids + [-1]), ids_hash)
            text_hash = fnv((model.decode(ids) if ids else "").encode() + b"\0", text_hash)
        long_hash = fnv(int32s(model.encode(draw.text(LONG))))
        hashes.append(f"{name} {ids_hash:016x} {long_hash:016x} {text_hash:016x}\n")
        print(name, len(message.pieces), len(data), hashes[-1].strip())
    with open(os.path.join(FOLDER, "hashes.txt"), "w") as file:
        file.writelines(hashes)


if __name__ == "__main__":
    main()
