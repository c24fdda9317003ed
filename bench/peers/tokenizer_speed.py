#!/usr/bin/env python3
"""Times one pass of a tokenizer library over texts, by one thread, and prints one line of JSON.

    tokenizer_speed.py ROW PEER FOLDER TEXT…      rows and peers: see bench/tokenizers
"""

import hashlib
import json
import sys
import time
from pathlib import Path

DOCUMENT = 8192


def documents(names):
    """Documents of 8 KB, cut between characters as `tessera tokenizer time` cuts them."""
    pieces = []
    for name in names:
        data = Path(name).read_bytes()
        at = 0
        while at < len(data):
            end = min(at + DOCUMENT, len(data))
            while end < len(data) and data[end] & 0xC0 == 0x80:
                end -= 1
            pieces.append(data[at:end].decode())
            at = end
    return pieces


def hugging_face(row, folder):
    """The tokenizers.Tokenizer of a row."""
    import tokenizers
    if (folder / "tokenizer.json").exists():
        tokenizer = tokenizers.Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer
    if row == "gpt2":
        tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE.from_file(str(folder / "vocab.json"), str(folder / "merges.txt")))
        tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
        return tokenizer
    from transformers.convert_slow_tokenizer import TikTokenConverter
    pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|"
               r"\s+(?!\S)|\s+")
    return TikTokenConverter(vocab_file=str(folder / "tokenizer.model"), pattern=pattern).converted()


def encoder(row, peer, folder):
    """A function from documents to the number of their tokens."""
    if peer == "tokenizers":
        tokenizer = hugging_face(row, folder)
        return lambda texts: sum(len(e.ids) for e in tokenizer.encode_batch_fast(texts, add_special_tokens=False))
    if peer == "tiktoken":
        import tiktoken
        from tiktoken.load import data_gym_to_mergeable_bpe_ranks, load_tiktoken_bpe
        if row == "gpt2":
            from tiktoken_ext.openai_public import r50k_pat_str as pattern
            ranks = data_gym_to_mergeable_bpe_ranks(str(folder / "merges.txt"), str(folder / "vocab.json"))
        else:
            ranks = load_tiktoken_bpe(str(folder / "tokenizer.model"))
            pattern = (r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|"
                       r"\s*[\r\n]+|\s+(?!\S)|\s+")
        encoding = tiktoken.Encoding(row, pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        return lambda texts: sum(len(encoding.encode_ordinary(text)) for text in texts)
    if peer == "sentencepiece":
        import sentencepiece
        processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "tokenizer.model"))
        return lambda texts: sum(len(processor.encode(text)) for text in texts)
    saved = folder / "peer.json"
    if not saved.exists():
        hugging_face(row, folder).save(str(saved))
    if peer == "fastokens":
        import fastokens
        tokenizer = fastokens.Tokenizer(str(saved)) if not hasattr(fastokens.Tokenizer, "from_file") else fastokens.Tokenizer.from_file(str(saved))
        return lambda texts: sum(len(tokenizer.encode(text)) for text in texts)
    if peer == "gigatoken":
        import gigatoken
        tokenizer = gigatoken.Tokenizer(str(saved))
        return lambda texts: sum(len(ids) for ids in tokenizer.encode_batch(texts))
    raise SystemExit(f"unknown peer {peer}")


def train(names):
    """Trains byte-level BPE with 32,000 tokens; the result is known by the hash of its merges."""
    import tokenizers
    tokenizer = tokenizers.Tokenizer(tokenizers.models.BPE())
    tokenizer.pre_tokenizer = tokenizers.pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = tokenizers.trainers.BpeTrainer(vocab_size=32000, special_tokens=["<|endoftext|>"], show_progress=False,
                                             initial_alphabet=tokenizers.pre_tokenizers.ByteLevel.alphabet())
    begin = time.perf_counter()
    tokenizer.train(names, trainer)
    seconds = time.perf_counter() - begin
    merges = [list(m) if isinstance(m, list) else m.split(" ") for m in json.loads(tokenizer.to_str())["model"]["merges"]]
    size = sum(Path(name).stat().st_size for name in names)
    print(json.dumps({"mb_per_s": size / 1e6 / seconds, "tokens": hashlib.sha256(json.dumps(merges).encode()).hexdigest()[:16]}))


def main():
    row, peer, folder, *names = sys.argv[1:]
    if row == "train-bpe":
        return train(names)
    texts = documents(names)
    size = sum(len(text.encode()) for text in texts)
    encode = encoder(row, peer, Path(folder))
    begin = time.perf_counter()
    tokens = encode(texts)
    seconds = time.perf_counter() - begin
    print(json.dumps({"mb_per_s": size / 1e6 / seconds, "tokens": tokens}))


if __name__ == "__main__":
    main()
