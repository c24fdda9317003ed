"""Writes golden cases: expected values and gradients from PyTorch, in one safetensors file per op.

Inputs and cotangents are exact in f32; the op and its gradient are evaluated in f64 and rounded once when stored, so a
stored value is the nearest f32 to the true one. Tensors are named `<case>/in0`, `<case>/out0`, `<case>/dout0` (cotangent of
output 0) and `<case>/din0` (gradient of input 0); the metadata entry `cases` lists name, op, attrs, n_in, n_out and the
indices of the differentiable inputs.
"""

import json
import zlib
from pathlib import Path

import torch
from safetensors.torch import save_file


class Random:
    """Draws that are exact in f32 and depend on the key alone."""

    def __init__(self, key):
        self.generator = torch.Generator().manual_seed(zlib.crc32(key.encode()))

    def normal(self, *shape, scale=1.0):
        return torch.randn(shape, generator=self.generator, dtype=torch.float32) * scale

    def uniform(self, *shape, low=0.0, high=1.0):
        return torch.rand(shape, generator=self.generator, dtype=torch.float32) * (high - low) + low

    def away_from_zero(self, *shape, low=0.4, high=2.0):
        return self.uniform(*shape, low=low, high=high) * (1 - 2 * self.integers(*shape, high=2).float())

    def integers(self, *shape, low=0, high):
        return torch.randint(low, high, shape, generator=self.generator, dtype=torch.int32)

    def booleans(self, *shape):
        return self.integers(*shape, high=2).bool()


def widen(tensor):
    """Floats to f64; everything else as it is."""
    return tensor.double() if tensor.is_floating_point() else tensor


def stored(tensor):
    """The form in the file: floats as f32 (bf16 stays), integers as i32, booleans as they are."""
    tensor = tensor.detach()
    if tensor.dtype == torch.float64:
        tensor = tensor.float()
    elif tensor.dtype == torch.int64:
        tensor = tensor.int()
    return tensor.contiguous().clone()


class GoldenFile:
    """The cases of one op. `function(inputs, attrs)` returns a tensor or a tuple of tensors."""

    def __init__(self, op, function):
        self.op, self.function = op, function
        self.cases, self.tensors = [], {}

    def random(self, seed=0):
        return Random(f"{self.op}.{len(self.cases)}.{seed}")

    def add(self, tag, inputs, attrs=None, differentiable=None):
        """`differentiable` defaults to every f32 input, where the first output is a float."""
        attrs = attrs or {}
        name = f"{len(self.cases):02d}_{tag}"
        wide = [widen(x).requires_grad_(x.is_floating_point()) for x in inputs]
        outputs = self.function(wide, attrs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        if differentiable is None:
            differentiable = [i for i, x in enumerate(inputs) if x.dtype == torch.float32]
        if not outputs[0].requires_grad:
            differentiable = []
        draw = Random(f"{self.op}.{name}.cotangent")
        for i, x in enumerate(inputs):
            self.tensors[f"{name}/in{i}"] = stored(x)
        cotangents = {}
        for i, y in enumerate(outputs):
            self.tensors[f"{name}/out{i}"] = stored(y)
            assert not y.is_floating_point() or torch.isfinite(y).all(), f"{self.op} {name}: not finite"
            if differentiable and y.requires_grad:
                cotangent = draw.normal(*y.shape).to(stored(y).dtype)
                cotangents[i] = cotangent.to(y.dtype)
                self.tensors[f"{name}/dout{i}"] = stored(cotangent)
        if differentiable:
            gradients = torch.autograd.grad(
                [outputs[i] for i in cotangents], [wide[i] for i in differentiable], list(cotangents.values()))
            for i, gradient in zip(differentiable, gradients):
                assert torch.isfinite(gradient).all(), f"{self.op} {name}: gradient {i} is not finite"
                self.tensors[f"{name}/din{i}"] = stored(gradient).to(inputs[i].dtype)
        self.cases.append({
            "name": name, "op": self.op, "attrs": attrs, "n_in": len(inputs), "n_out": len(outputs),
            "differentiable": differentiable,
        })

    def save(self, folder):
        path = Path(folder) / f"{self.op}.safetensors"
        # With one key of metadata the bytes do not differ by run.
        save_file(self.tensors, path, metadata={"cases": json.dumps(self.cases)})
        return path.stat().st_size
