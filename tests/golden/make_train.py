#!/usr/bin/env python3
"""Makes tests/golden/train/*.safetensors: tiny GPTs and a tiny BERT trained for ten steps by PyTorch in f64.

    python3 tests/golden/make_train.py [FOLDER]      # needs torch and safetensors; the tests themselves need neither

Each file holds, rounded to f32: `param/<name>` (initial), `batch/<input>` (first dim: step), `logits`, `loss` and
`grad/<name>` (before clipping) of step 0, `losses` and `grad_norms` of all steps, `final/<name>`. Its metadata entry
`config` states model and optimizer with the keys of a config file. loss = sum(weights * cross-entropy) / sum(weights), and for
the next-sentence head the mean over the batch is added. The gradient is scaled by min(1, clip_norm / norm); decay is decoupled
and spares gains and biases.
"""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

from golden_file import Random, stored
from tiny_models import bert, bert_shapes, gpt, gpt_shapes

STEPS, BATCH, LENGTH, MASKED = 10, 3, 16, 4
OPTIMIZER = {"type": "adamw", "lr": 1e-3, "beta1": 0.9, "beta2": 0.95, "eps": 1e-8, "weight_decay": 0.1}
# With gpt_rotary's norm some steps are clipped and some are not.
CLIP_NORM = {"gpt": 1.0, "gpt_rotary": 5.0, "bert": 1.0}

SHARED = {"layers": 2, "hidden": 32, "heads": 4, "context": LENGTH, "vocab": 61}
MODELS = {
    "gpt": SHARED | {
        "type": "gpt", "kv_heads": 4, "mlp_hidden": 128, "positions": "learned", "norm": "layer", "norm_eps": 1e-5,
        "activation": "gelu_tanh", "tied_head": True, "bias": True},
    "gpt_rotary": SHARED | {
        "type": "gpt", "kv_heads": 2, "mlp_hidden": 85, "positions": "rotary", "rope_base": 10000.0, "norm": "rms",
        "norm_eps": 1e-5, "activation": "silu_gated", "tied_head": False, "bias": False},
    "bert": SHARED | {
        "type": "bert", "kv_heads": 4, "mlp_hidden": 128, "positions": "learned", "norm": "layer", "norm_eps": 1e-12,
        "activation": "gelu_erf", "tied_head": True, "bias": True, "segments": 2, "next_sentence": True},
}


def initial(model, draw):
    """Larger than is usual in training, and no gain 1 or bias 0, so that a mistake in any of them shows."""
    shapes = bert_shapes(model) if model["type"] == "bert" else gpt_shapes(model)
    return {
        name: 1 + draw.normal(*shape, scale=0.1) if name.endswith("gain") else
        draw.normal(*shape, scale=0.1 if name.endswith("bias") else 0.2)
        for name, shape in shapes.items()
    }


def sequences(model, draw, length):
    """Text that can be learned: the next token is 3 t + 7, or one more, modulo the vocabulary."""
    tokens = [draw.integers(STEPS, BATCH, high=model["vocab"])]
    for _ in range(length - 1):
        tokens.append((3 * tokens[-1] + 7 + draw.integers(STEPS, BATCH, high=2)) % model["vocab"])
    return torch.stack(tokens, -1)


def gpt_batches(model, draw):
    text = sequences(model, draw, LENGTH + 1)
    # About one position in seven is not scored.
    weights = (draw.uniform(STEPS, BATCH, LENGTH) > 0.15).float()
    return {"tokens": text[:, :, :-1].contiguous(), "labels": text[:, :, 1:].contiguous(), "weights": weights}


def bert_batches(model, draw):
    text = sequences(model, draw, LENGTH)
    lengths = draw.integers(STEPS, BATCH, low=MASKED + 3, high=LENGTH + 1)
    lengths[0, 0], lengths[0, 1] = LENGTH, LENGTH - 3
    boundary = draw.integers(STEPS, BATCH, low=2, high=MASKED + 2)
    places = torch.arange(LENGTH)
    segments = ((places >= boundary[..., None]) & (places < lengths[..., None])).int()
    text = torch.where(places < lengths[..., None], text, 0)
    # Masked positions are distinct, inside the sequence and sorted; unused slots are position 0
    # with weight 0.
    order = draw.uniform(STEPS, BATCH, LENGTH).masked_fill(places >= lengths[..., None], 2.0).argsort(-1)
    positions = order[..., :MASKED].sort(-1).values
    weights = torch.ones(STEPS, BATCH, MASKED)
    weights[0, 1, 2:] = 0.0
    weights[:, 2, 3] = 0.0
    positions = torch.where(weights > 0, positions, 0)
    labels = torch.where(weights > 0, text.gather(-1, positions), 0)
    mask_token = model["vocab"] - 1
    hidden = torch.zeros_like(text).scatter_add(-1, positions, weights.int()) > 0
    return {
        "tokens": torch.where(hidden, mask_token, text).int(), "segments": segments, "lengths": lengths,
        "masked_positions": positions.int(), "labels": labels.int(), "weights": weights,
        "next_sentence": draw.integers(STEPS, BATCH, high=2)}


def decayed(name):
    return not name.endswith((".gain", ".bias"))


def train(name, model):
    draw = Random(f"train.{name}")
    start = initial(model, draw)
    batches = bert_batches(model, draw) if model["type"] == "bert" else gpt_batches(model, draw)
    forward = bert if model["type"] == "bert" else gpt
    parameters = {key: value.double().requires_grad_() for key, value in start.items()}
    tensors = {f"param/{key}": value for key, value in start.items()}
    tensors |= {f"batch/{key}": value for key, value in batches.items()}

    groups = [{"params": [p for key, p in parameters.items() if decayed(key) == chosen],
               "weight_decay": OPTIMIZER["weight_decay"] if chosen else 0.0} for chosen in (True, False)]
    adamw = torch.optim.AdamW(groups, lr=OPTIMIZER["lr"], betas=(OPTIMIZER["beta1"], OPTIMIZER["beta2"]), eps=OPTIMIZER["eps"])
    losses, norms = [], []
    for step in range(STEPS):
        batch = {key: value[step].double() if value.is_floating_point() else value[step] for key, value in batches.items()}
        loss, outputs = forward(model, parameters, batch)
        adamw.zero_grad()
        loss.backward()
        if step == 0:
            tensors |= {key: stored(value) for key, value in outputs.items()}
            tensors["loss"] = stored(loss)
            tensors |= {f"grad/{key}": stored(value.grad) for key, value in parameters.items()}
        norm = torch.stack([p.grad.square().sum() for p in parameters.values()]).sum().sqrt()
        for p in parameters.values():
            p.grad *= min(1.0, CLIP_NORM[name] / norm.item())
        adamw.step()
        losses.append(loss.item())
        norms.append(norm.item())
    tensors["losses"], tensors["grad_norms"] = torch.tensor(losses), torch.tensor(norms)
    tensors |= {f"final/{key}": stored(value) for key, value in parameters.items()}
    print(f"{name}: losses {' '.join(f'{x:.4f}' for x in losses)}; norms {' '.join(f'{x:.2f}' for x in norms)}")
    return tensors


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).resolve().parent / "train"
    folder.mkdir(parents=True, exist_ok=True)
    for name, model in MODELS.items():
        path = folder / f"{name}.safetensors"
        config = {"model": model, "optimizer": OPTIMIZER | {"clip_norm": CLIP_NORM[name]}, "schedule": {"type": "constant"}}
        save_file(train(name, model), path, metadata={"config": json.dumps(config)})
        print(f"  {path.stat().st_size} bytes")


if __name__ == "__main__":
    main()
