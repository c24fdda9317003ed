"""Golden cases of the ops that models are made of: cross-entropy, norms, embedding, rotary positions, attention."""

import math

import torch
import torch.nn.functional as F

from golden_file import GoldenFile
from make_pointwise_ops import named

SEEDS = [0, 1]


def cross_entropy(x, attrs):
    """Per-row loss: weight * ((1 - s) * (lse - logit[label]) + s * mean over classes of (lse - logit)); label < 0: no loss."""
    logits, labels, weights = x
    loss = F.cross_entropy(logits, labels.long().clamp(min=0), reduction="none", label_smoothing=attrs["label_smoothing"])
    return torch.where(labels < 0, torch.zeros_like(loss), weights * loss)


def cross_entropy_file():
    file = GoldenFile("cross_entropy", cross_entropy)
    for n, v in [(1, 1), (1, 7), (5, 3), (7, 61), (3, 131), (13, 17)]:
        for seed, smoothing in ((0, 0.0), (1, 0.0), (2, 0.1)):
            draw = file.random(seed)
            labels, weights = draw.integers(n, high=v), draw.uniform(n, low=0.0, high=2.0)
            if n > 2:
                labels[1], weights[2] = -1, 0.0
            tag = f"{n}x{v}_seed{seed}" + ("_smoothed" if smoothing else "")
            file.add(tag, [draw.normal(n, v, scale=2.0), labels, weights], {"label_smoothing": smoothing}, differentiable=[0])
    large = file.random().normal(3, 11, scale=3.0) + torch.tensor([[1000.0], [-1000.0], [80.0]])
    labels = torch.tensor([0, 10, 5], dtype=torch.int32)
    file.add("large", [large, labels, torch.ones(3)], {"label_smoothing": 0.0}, differentiable=[0])
    all_ignored = torch.full((4,), -1, dtype=torch.int32)
    file.add("all_ignored", [file.random().normal(4, 5), all_ignored, torch.ones(4)], {"label_smoothing": 0.0}, differentiable=[0])
    return file


def norm_files():
    shapes = [(1, 2), (5,), (3, 7), (2, 3, 5), (2, 1, 17), (3, 67), (2, 131)]

    file = GoldenFile("layer_norm", lambda x, a: F.layer_norm(x[0], x[0].shape[-1:], x[1], x[2], a["eps"]))
    for shape in shapes:
        for seed, eps in ((0, 1e-5), (1, 1e-12)):
            draw = file.random(seed)
            inputs = [draw.normal(*shape) + 0.5, draw.normal(shape[-1]) + 1, draw.normal(shape[-1])]
            file.add(f"{named(shape)}_seed{seed}", inputs, {"eps": eps})
    draw = file.random()
    file.add("far_from_zero", [draw.normal(3, 13) + 100, draw.normal(13) + 1, draw.normal(13)], {"eps": 1e-5})
    yield file

    file = GoldenFile("rms_norm", lambda x, a: F.rms_norm(x[0], x[0].shape[-1:], x[1], a["eps"]))
    for shape in shapes:
        for seed, eps in ((0, 1e-5), (1, 1e-6)):
            draw = file.random(seed)
            file.add(f"{named(shape)}_seed{seed}", [draw.normal(*shape), draw.normal(shape[-1]) + 1], {"eps": eps})
    yield file


def embedding_file():
    file = GoldenFile("embedding", lambda x, attrs: F.embedding(x[0], x[1]))
    for ids, (v, d) in [((1,), (1, 1)), ((7,), (3, 5)), ((2, 5), (11, 3)), ((3, 1), (61, 2)), ((2, 3, 4), (7, 5)), ((31,), (4, 17))]:
        for seed in SEEDS:
            draw = file.random(seed)
            file.add(f"{named(ids)}_{v}x{d}_seed{seed}", [draw.integers(*ids, high=v), draw.normal(v, d)])
    return file


def rotary(x, attrs):
    """Rotates pair i of a head by position * base^(-2i/D). half: pairs (i, i + D/2); interleaved: pairs (2i, 2i + 1)."""
    q, positions = x
    half = q.shape[-1] // 2
    rate = attrs["base"] ** (-torch.arange(half, dtype=torch.float64) / half)
    angle = (positions[..., None].double() * rate)[:, :, None, :]  # (B, S, 1, D/2)
    sin, cos = angle.sin(), angle.cos()
    first, second = (q[..., :half], q[..., half:]) if attrs["layout"] == "half" else (q[..., 0::2], q[..., 1::2])
    rotated = first * cos - second * sin, second * cos + first * sin
    return torch.cat(rotated, -1) if attrs["layout"] == "half" else torch.stack(rotated, -1).flatten(-2)


def rotary_file():
    file = GoldenFile("rotary", rotary)
    for layout in ("half", "interleaved"):
        for b, s, h, d in [(1, 1, 1, 2), (1, 7, 1, 4), (2, 3, 5, 6), (2, 5, 2, 16), (1, 3, 1, 34)]:
            draw = file.random()
            inputs = [draw.normal(b, s, h, d), torch.arange(s, dtype=torch.int32).expand(b, s)]
            file.add(f"{layout}_{b}x{s}x{h}x{d}", inputs, {"base": 10000.0, "layout": layout})
            inputs = [draw.normal(b, s, h, d), draw.integers(b, s, high=1000)]
            file.add(f"{layout}_{b}x{s}x{h}x{d}_scattered", inputs, {"base": 500.0, "layout": layout})
    return file


def attention(x, attrs):
    """softmax(scale * q k^T over visible keys) v; query head h reads key head h / (H / G); no visible key: zeros.

    Query i stands at position p = offset + i. Key j is visible when j < lengths[b]; causal: j <= p; window w > 0:
    |p - j| < w; documents: document[b, i] == document[b, j].
    """
    q, k, v, *rest = x
    documents = rest.pop(0) if attrs["documents"] else None
    lengths = rest.pop(0) if attrs["lengths"] else None
    offset = rest.pop(0) if attrs["offset"] else 0
    (b, s, h, _), (_, t, g, _) = q.shape, k.shape
    p, j = torch.arange(s)[:, None] + offset, torch.arange(t)[None, :]
    visible = torch.ones(b, s, t, dtype=torch.bool)
    if attrs["causal"]:
        visible = visible & (j <= p)
    if attrs["window"]:
        visible = visible & ((p - j).abs() < attrs["window"])
    if lengths is not None:
        visible = visible & (j < lengths[:, None, None])
    if documents is not None:
        visible = visible & (documents[:, :, None] == documents[:, None, :])
    visible = visible[:, None]  # (B, 1, S, T)
    k, v = (y.repeat_interleave(h // g, dim=2) for y in (k, v))
    scores = torch.einsum("bshd,bthd->bhst", q, k) * attrs["scale"]
    scores = scores.masked_fill(~visible, -1e30)
    weights = (scores - scores.amax(-1, keepdim=True)).exp() * visible
    total = weights.sum(-1, keepdim=True)
    weights = weights / torch.where(total == 0, torch.ones_like(total), total)
    output = torch.einsum("bhst,bthd->bshd", weights, v)

    # where every query sees a key, PyTorch's own attention must agree
    q, k, v = (y.transpose(1, 2) for y in (q, k, v))
    own = F.scaled_dot_product_attention(q, k, v, attn_mask=visible, scale=attrs["scale"]).transpose(1, 2)
    seen = visible.any(-1).transpose(1, 2)[..., None]
    assert torch.allclose(torch.where(seen, own, 0), torch.where(seen, output, 0), rtol=1e-12, atol=1e-12)
    return output


def integers(values):
    return torch.tensor(values, dtype=torch.int32)


def attention_file():
    file = GoldenFile("attention", attention)

    def add(tag, shape, causal=False, window=0, scale=None, documents=None, lengths=None, offset=None, seed=0, size=1.0):
        b, s, t, h, g, d = shape
        draw = file.random(seed)
        inputs = [draw.normal(b, s, h, d, scale=size), draw.normal(b, t, g, d), draw.normal(b, t, g, d)]
        inputs += [integers(x) for x in (documents, lengths, offset) if x is not None]
        attrs = {
            "causal": causal, "window": window, "scale": scale or 1 / math.sqrt(d), "documents": documents is not None,
            "lengths": lengths is not None, "offset": offset is not None,
        }
        file.add(tag, inputs, attrs)

    #                B  S  T  H  G  D
    for seed in SEEDS:
        add(f"one_seed{seed}", (1, 1, 1, 1, 1, 2), seed=seed)
        add(f"full_seed{seed}", (2, 5, 5, 3, 3, 4), seed=seed)
        add(f"causal_seed{seed}", (2, 7, 7, 2, 2, 6), causal=True, seed=seed)
        add(f"grouped_seed{seed}", (1, 7, 7, 4, 2, 4), causal=True, seed=seed)
    add("scale", (1, 5, 5, 1, 1, 4), scale=0.25)
    add("wide_head", (1, 3, 3, 1, 1, 64), causal=True)
    add("odd_head", (1, 5, 5, 2, 1, 3), causal=True)
    add("many_keys", (1, 67, 67, 1, 1, 2), causal=True)
    add("many_keys_full", (1, 37, 37, 1, 1, 2))
    add("large_scores", (1, 7, 7, 1, 1, 4), causal=True, scale=1.0, size=40.0)
    add("multi_query", (2, 5, 5, 3, 1, 4))
    add("cross", (2, 3, 11, 2, 1, 4))
    add("lengths", (3, 7, 7, 2, 2, 4), lengths=[7, 3, 1])
    add("lengths_causal", (2, 7, 7, 2, 1, 4), causal=True, lengths=[5, 2])
    add("lengths_zero", (3, 5, 5, 1, 1, 4), lengths=[0, 5, 0])
    add("documents", (2, 7, 7, 2, 2, 4), documents=[[0, 0, 0, 1, 1, 2, 2], [5, 5, 5, 5, 5, 5, 9]])
    add("documents_causal", (2, 7, 7, 2, 1, 4), causal=True, documents=[[0, 0, 0, 1, 1, 2, 2], [0, 1, 2, 3, 4, 5, 6]])
    add("documents_many_keys", (1, 41, 41, 1, 1, 2), causal=True, documents=[[0] * 17 + [1] * 1 + [2] * 23])
    add("window", (1, 11, 11, 2, 1, 4), causal=True, window=3)
    add("window_one", (1, 5, 5, 1, 1, 4), causal=True, window=1)
    add("window_beyond", (1, 5, 5, 1, 1, 4), causal=True, window=100)
    add("window_both_sides", (1, 11, 11, 1, 1, 4), window=4)
    add("window_many_keys", (1, 43, 43, 1, 1, 2), causal=True, window=9)
    add("window_documents", (1, 9, 9, 1, 1, 4), causal=True, window=3, documents=[[0, 0, 0, 0, 0, 1, 1, 1, 1]])
    # Rows 5 to 8 see nothing.
    add("window_past_lengths", (1, 9, 9, 1, 1, 4), causal=True, window=2, lengths=[4])
    add("offset", (2, 3, 11, 2, 2, 4), causal=True, offset=8)
    add("offset_zero", (1, 3, 11, 1, 1, 4), causal=True, offset=0)
    add("offset_one_query", (2, 1, 9, 4, 2, 4), causal=True, offset=5)
    add("offset_lengths", (2, 2, 9, 2, 1, 4), causal=True, offset=4, lengths=[6, 3])
    add("offset_window", (1, 3, 11, 1, 1, 4), causal=True, window=4, offset=7)
    return file


def model_files():
    return [cross_entropy_file(), *norm_files(), embedding_file(), rotary_file(), attention_file()]
