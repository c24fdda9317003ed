#!/usr/bin/env python3
"""Makes tests/golden/classify/*: one step of tiny classifiers by PyTorch in f64, and figures of predictions by scikit-learn.

    python3 tests/golden/make_classify.py [FOLDER]      # needs torch, safetensors and scikit-learn; the tests need none

Each .safetensors file holds, rounded to f32, `param/<name>`, `batch/<input>`, `probabilities`, `loss` and `grad/<name>`. Its metadata
entry `config` states the model with the keys of a config file, and `task` the keys of its section task. loss =
sum(weights * cross-entropy) / sum(weights); a weight is that of the row's label, and 0 for the last row.

figures.json holds lists of true and predicted classes, and what sklearn.metrics says of them.
"""

import json
import random
import sys
from pathlib import Path

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from sklearn import metrics

from golden_file import Random, stored
from tiny_models import layer_shapes, linear, linear_shapes, mlp, norm, norm_shapes, self_attention

BATCH, LENGTH, LABELS = 4, 12, 3
CLASS_WEIGHTS = [1.0, 0.5, 2.0]
SHARED = {"layers": 1, "hidden": 16, "heads": 2, "kv_heads": 2, "context": LENGTH, "vocab": 31, "mlp_hidden": 64, "norm": "layer",
          "bias": True, "tied_head": True, "positions": "learned"}
BERT = SHARED | {"type": "bert", "norm_eps": 1e-12, "activation": "gelu_erf", "segments": 2}
GPT = SHARED | {"type": "gpt", "norm_eps": 1e-5, "activation": "gelu_tanh"}
CASES = {"bert_cls": (BERT, "cls"), "bert_mean": (BERT, "mean"), "bert_last": (BERT, "last"), "gpt_last": (GPT, "last"),
         "gpt_mean": (GPT, "mean")}


def shapes_of(model, pooling):
    hidden = model["hidden"]
    shapes = {"tokens": (model["vocab"], hidden), "positions": (model["context"], hidden)}
    if model["type"] == "bert":
        shapes |= {"segments": (model["segments"], hidden)} | norm_shapes(model, "embedding_norm") | layer_shapes(model)
    else:
        shapes |= layer_shapes(model) | norm_shapes(model, "final_norm")
    if model["type"] == "bert" and pooling == "cls":
        shapes |= linear_shapes(model, "pooler", (hidden,), (hidden,))
    return shapes | linear_shapes(model, "classifier", (LABELS,), (hidden,))


def body(model, p, batch):
    lengths = batch["lengths"]
    x = F.embedding(batch["tokens"], p["tokens"]) + p["positions"]
    if model["type"] == "bert":
        x = norm(model, p, "embedding_norm", x + F.embedding(batch["segments"], p["segments"]))
    for layer in range(model["layers"]):
        at = f"layer.{layer}"
        if model["type"] == "bert":
            x = norm(model, p, f"{at}.attention.norm", x + self_attention(model, p, f"{at}.attention", x, lengths))
            x = norm(model, p, f"{at}.mlp.norm", x + mlp(model, p, f"{at}.mlp", x))
        else:
            x = x + self_attention(model, p, f"{at}.attention", norm(model, p, f"{at}.attention.norm", x))
            x = x + mlp(model, p, f"{at}.mlp", norm(model, p, f"{at}.mlp.norm", x))
    return x if model["type"] == "bert" else norm(model, p, "final_norm", x)


def pooled(model, p, x, lengths, pooling):
    if pooling == "cls":
        return linear(p, "pooler", x[:, 0]).tanh()
    if pooling == "last":
        return x[torch.arange(BATCH), lengths.long() - 1]
    real = (torch.arange(LENGTH) < lengths[:, None]).to(x.dtype)
    return (x * real[..., None]).sum(1) / lengths[:, None].to(x.dtype)


def make(name, folder):
    model, pooling = CASES[name]
    draw = Random(f"classify {name}")
    p = {key: (1 + draw.normal(*shape, scale=0.1) if key.endswith("gain") else
               draw.normal(*shape, scale=0.1 if key.endswith("bias") else 0.3)).double().requires_grad_()
         for key, shape in shapes_of(model, pooling).items()}
    lengths = torch.tensor([LENGTH, 5, 8, 1], dtype=torch.int32)
    places = torch.arange(LENGTH)
    tokens = draw.integers(BATCH, LENGTH, high=model["vocab"])
    labels = torch.tensor([2, 0, 1, 0], dtype=torch.int32)
    weights = torch.tensor([CLASS_WEIGHTS[2], CLASS_WEIGHTS[0], CLASS_WEIGHTS[1], 0.0])
    batch = {"tokens": tokens, "lengths": lengths, "labels": labels, "weights": weights}
    if model["type"] == "bert":
        batch["segments"] = ((places >= 3) & (places < lengths[:, None])).int()
    logits = linear(p, "classifier", pooled(model, p, body(model, p, batch), lengths, pooling))
    losses = F.cross_entropy(logits, labels.long(), reduction="none")
    loss = (weights * losses).sum() / weights.sum()
    loss.backward()
    tensors = {f"param/{key}": value.detach() for key, value in p.items()}
    tensors |= {f"grad/{key}": value.grad for key, value in p.items()}
    tensors |= {f"batch/{key}": value for key, value in batch.items()}
    tensors |= {"loss": loss.detach().reshape(1), "probabilities": logits.softmax(-1).detach()}
    sections = {"model": model, "batch": {"sequences": BATCH}, "optimizer": {"type": "sgd", "lr": 1.0, "clip_norm": 0, "weight_decay": 0}}
    task = {"type": "classify", "pooling": pooling, "labels": ["a", "b", "c"]}
    save_file({key: stored(value) for key, value in tensors.items()}, folder / f"{name}.safetensors",
              {"config": json.dumps(sections | {"task": task, "data": {"train": "none.tsv"}})})


def figures(truth, predicted):
    return {"truth": truth, "predicted": predicted, "accuracy": metrics.accuracy_score(truth, predicted),
            "macro_f1": metrics.f1_score(truth, predicted, average="macro", zero_division=0),
            "micro_f1": metrics.f1_score(truth, predicted, average="micro", zero_division=0),
            "matthews": metrics.matthews_corrcoef(truth, predicted)}


def make_figures(folder):
    draw = random.Random(5)
    cases = [([0, 1, 1, 0], [0, 1, 0, 0]), ([0, 0, 0], [0, 0, 0]), ([0, 0, 0], [1, 1, 1]), ([0, 1, 2], [0, 0, 0]),
             ([1, 1, 1, 2], [1, 1, 3, 2])]
    for classes, size, skill in ((2, 57, 0.8), (3, 100, 0.5), (7, 211, 0.3), (58, 400, 0.6)):
        truth = [min(int(draw.expovariate(0.3)), classes - 1) for _ in range(size)]
        cases.append((truth, [t if draw.random() < skill else draw.randrange(classes) for t in truth]))
    (folder / "figures.json").write_text(json.dumps([figures(*case) for case in cases]) + "\n")


if __name__ == "__main__":
    target = Path(sys.argv[1] if len(sys.argv) > 1 else Path(__file__).parent / "classify")
    torch.set_default_dtype(torch.float64)
    for each in CASES:
        make(each, target)
    make_figures(target)
