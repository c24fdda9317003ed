"""GPT and BERT in PyTorch over a dict of parameters that carry Tessera's names and shapes.

Weights are (out, in); q, k and v are separate, [heads, head_dim, hidden], the output projection is [hidden, heads, head_dim].
Each model takes (model, parameters, batch) and returns the loss and a dict of logits.
"""

import torch
import torch.nn.functional as F

from make_model_ops import attention, rotary


def layer_shapes(model):
    hidden, heads, groups, mlp = model["hidden"], model["heads"], model["kv_heads"], model["mlp_hidden"]
    width = hidden // heads
    shapes = {}
    for layer in range(model["layers"]):
        at = f"layer.{layer}"
        shapes |= norm_shapes(model, f"{at}.attention.norm")
        for part, count in (("q", heads), ("k", groups), ("v", groups)):
            shapes |= linear_shapes(model, f"{at}.attention.{part}", (count, width), (hidden,))
        shapes |= linear_shapes(model, f"{at}.attention.out", (hidden,), (heads, width))
        shapes |= norm_shapes(model, f"{at}.mlp.norm")
        for part in ("up", "gate") if model["activation"] == "silu_gated" else ("up",):
            shapes |= linear_shapes(model, f"{at}.mlp.{part}", (mlp,), (hidden,))
        shapes |= linear_shapes(model, f"{at}.mlp.down", (hidden,), (mlp,))
    return shapes


def linear_shapes(model, name, out, into):
    return {f"{name}.weight": (*out, *into)} | ({f"{name}.bias": out} if model["bias"] else {})


def norm_shapes(model, name):
    bias = model["norm"] == "layer" and model["bias"]
    return {f"{name}.gain": (model["hidden"],)} | ({f"{name}.bias": (model["hidden"],)} if bias else {})


def gpt_shapes(model):
    vocab, hidden = model["vocab"], model["hidden"]
    shapes = {"tokens": (vocab, hidden)}
    if model["positions"] == "learned":
        shapes["positions"] = (model["context"], hidden)
    shapes |= layer_shapes(model) | norm_shapes(model, "final_norm")
    return shapes if model["tied_head"] else shapes | {"head.weight": (vocab, hidden)}


def bert_shapes(model):
    vocab, hidden = model["vocab"], model["hidden"]
    shapes = {"tokens": (vocab, hidden), "positions": (model["context"], hidden), "segments": (model["segments"], hidden)}
    shapes |= norm_shapes(model, "embedding_norm") | layer_shapes(model)
    shapes |= linear_shapes(model, "mlm.transform", (hidden,), (hidden,)) | norm_shapes(model, "mlm.norm") | {"mlm.bias": (vocab,)}
    return shapes | linear_shapes(model, "pooler", (hidden,), (hidden,)) | linear_shapes(model, "next_sentence", (2,), (hidden,))


def linear(p, name, x):
    return F.linear(x, p[f"{name}.weight"], p.get(f"{name}.bias"))


def norm(model, p, name, x):
    gain, eps = p[f"{name}.gain"], model["norm_eps"]
    if model["norm"] == "rms":
        return F.rms_norm(x, x.shape[-1:], gain, eps)
    return F.layer_norm(x, x.shape[-1:], gain, p.get(f"{name}.bias"), eps)


def self_attention(model, p, at, x, lengths=None):
    width = model["hidden"] // model["heads"]

    def heads(part):  # (B, S, hidden) -> (B, S, heads, head_dim)
        projected = torch.einsum("bse,hde->bshd", x, p[f"{at}.{part}.weight"])
        return projected + p[f"{at}.{part}.bias"] if model["bias"] else projected

    q, k, v = heads("q"), heads("k"), heads("v")
    if model["positions"] == "rotary":
        positions = torch.arange(x.shape[1]).expand(x.shape[0], -1)
        q, k = (rotary((y, positions), {"base": model["rope_base"], "layout": "half"}) for y in (q, k))
    attrs = {"causal": model["type"] == "gpt", "window": 0, "scale": width**-0.5, "documents": False,
             "lengths": lengths is not None, "offset": False}
    mixed = attention([q, k, v] + ([lengths] if lengths is not None else []), attrs)
    out = torch.einsum("bshd,ehd->bse", mixed, p[f"{at}.out.weight"])
    return out + p[f"{at}.out.bias"] if model["bias"] else out


def mlp(model, p, at, x):
    up = linear(p, f"{at}.up", x)
    if model["activation"] == "silu_gated":
        up = F.silu(linear(p, f"{at}.gate", x)) * up
    else:
        up = F.gelu(up, approximate="tanh" if model["activation"] == "gelu_tanh" else "none")
    return linear(p, f"{at}.down", up)


def weighted_loss(logits, batch):
    losses = F.cross_entropy(logits.flatten(0, -2), batch["labels"].flatten().long(), reduction="none")
    weights = batch["weights"].flatten()
    return (weights * losses).sum() / weights.sum()


def gpt(model, p, batch):
    x = F.embedding(batch["tokens"], p["tokens"])
    if model["positions"] == "learned":
        x = x + p["positions"][: x.shape[1]]
    for layer in range(model["layers"]):
        at = f"layer.{layer}"
        x = x + self_attention(model, p, f"{at}.attention", norm(model, p, f"{at}.attention.norm", x))
        x = x + mlp(model, p, f"{at}.mlp", norm(model, p, f"{at}.mlp.norm", x))
    logits = F.linear(norm(model, p, "final_norm", x), p["tokens"] if model["tied_head"] else p["head.weight"])
    return weighted_loss(logits, batch), {"logits": logits}


def bert(model, p, batch):
    x = F.embedding(batch["tokens"], p["tokens"]) + p["positions"][: batch["tokens"].shape[1]]
    x = norm(model, p, "embedding_norm", x + F.embedding(batch["segments"], p["segments"]))
    for layer in range(model["layers"]):
        at = f"layer.{layer}"
        x = norm(model, p, f"{at}.attention.norm", x + self_attention(model, p, f"{at}.attention", x, batch["lengths"]))
        x = norm(model, p, f"{at}.mlp.norm", x + mlp(model, p, f"{at}.mlp", x))

    picked = batch["masked_positions"].long()[..., None].expand(-1, -1, x.shape[-1])
    masked = F.gelu(linear(p, "mlm.transform", x.gather(1, picked)))  # (B, P, hidden)
    logits = F.linear(norm(model, p, "mlm.norm", masked), p["tokens"], p["mlm.bias"])
    pooled = linear(p, "pooler", x[:, 0]).tanh()
    sentence = linear(p, "next_sentence", pooled)
    loss = weighted_loss(logits, batch) + F.cross_entropy(sentence, batch["next_sentence"].long())
    return loss, {"logits": logits, "next_sentence_logits": sentence}
