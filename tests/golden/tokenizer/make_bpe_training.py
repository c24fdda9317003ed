#!/usr/bin/env python3
"""Writes bpe_training.txt: merges that tokenizers 0.23.3's BpeTrainer learns from small random texts.

The texts have few letters and few words, so that many pairs occur equally often and many tokens are made by more
than one pair. A line is: seed, letters, words, longest word, size of the vocabulary, least count, specials (joined by
commas, or -), number of merges, FNV-1a (64 bits) of their lines "a b\n". tests/tokenizer/bpe_trainer_test.cpp makes
the same texts. Needs: pip install tokenizers==0.23.3
"""
import json
import pathlib

from tokenizers import Tokenizer, __version__, models, pre_tokenizers, trainers

assert __version__ == "0.23.3"
MASK = 2**64 - 1


class Draws:
    """Knuth's MMIX generator."""

    def __init__(self, seed):
        self.state = seed

    def below(self, limit):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) & MASK
        return (self.state >> 33) % limit


def text(seed, letters, words, longest):
    draws = Draws(seed)
    made = ""
    for _ in range(words):
        made += " "
        for _ in range(1 + draws.below(longest)):
            made += chr(ord("a") + draws.below(letters))
    return made


def merges(seed, letters, words, longest, vocabulary, least, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=least, special_tokens=specials, show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator([text(seed, letters, words, longest)], trainer)
    return json.loads(tokenizer.to_str())["model"]["merges"]


def fnv(lines):
    value = 14695981039346656037
    for byte in lines.encode():
        value = (value ^ byte) * 1099511628211 & MASK
    return value


def main():
    rows = []
    for seed in range(120):
        draws = Draws(1000 + seed)
        letters = (1, 2, 3, 8, 26)[draws.below(5)]
        words = (1, 10, 100, 1000)[draws.below(4)]
        longest = (2, 5, 12, 40)[draws.below(4)]
        specials = ([], ["<s>", "</s>"], ["a", "ab"], ["Ġa", "b", "aa"])[draws.below(4)]
        vocabulary = 256 + len(specials) + (0, 1, 40, 300, 2000)[draws.below(5)]
        least = (0, 1, 2, 5)[draws.below(4)]
        found = merges(seed, letters, words, longest, vocabulary, least, specials)
        value = fnv("".join(f"{a} {b}\n" for a, b in found))
        rows.append(f"{seed} {letters} {words} {longest} {vocabulary} {least} {','.join(specials) or '-'} "
                    f"{len(found)} {value:016x}\n")
    pathlib.Path(__file__).with_name("bpe_training.txt").write_text("".join(rows))


main()
