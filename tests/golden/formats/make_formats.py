"""Writes the files that tests/formats reads, with the programs that others use: gguf, safetensors and torch.

types.gguf and types.safetensors hold a tensor of each type, torch.bin and torch_stream.bin hold tensors of many layouts;
expected.safetensors holds all their numbers as f32, as those programs read them, under `gguf/<name>`, `safetensors/<name>` and
`torch/<name>`, and under `rounded/` the bytes of numbers that are rounded to f16, bf16 and q8_0.

Run with gguf 0.19.0, safetensors 0.8.0, torch 2.15.0 and numpy: make_formats.py [FOLDER]
"""

import collections
import sys
from pathlib import Path

import gguf
import numpy as np
import torch
from gguf import GGMLQuantizationType as Ggml
from safetensors.torch import save_file

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent


def write_gguf():
    draws = np.random.default_rng(1)
    writer = gguf.GGUFWriter(FOLDER / "types.gguf", "llama")
    writer.add_uint8("a.u8", 200)
    writer.add_int8("a.i8", -100)
    writer.add_uint16("a.u16", 60000)
    writer.add_int16("a.i16", -30000)
    writer.add_uint32("a.u32", 4000000000)
    writer.add_int32("a.i32", -2000000000)
    writer.add_uint64("a.u64", 2**64 - 1)
    writer.add_int64("a.i64", -(2**62))
    writer.add_float32("a.f32", 0.1)
    writer.add_float64("a.f64", 0.1)
    writer.add_bool("a.flag", True)
    writer.add_string("a.text", "zwölf 🦙")
    writer.add_array("a.texts", ["", "one", "zwei\n"])
    writer.add_array("a.i32s", [1, -2, 3])
    writer.add_array("a.f32s", [0.5, -1.25])
    writer.add_array("a.flags", [True, False])
    expected = {}
    numbers = draws.standard_normal((3, 64), dtype=np.float32)
    for kind in (Ggml.Q8_0, Ggml.Q4_0, Ggml.Q4_1, Ggml.BF16):
        stored = gguf.quants.quantize(numbers, kind)
        writer.add_tensor(kind.name, stored, raw_dtype=kind)
        expected[kind.name] = gguf.quants.dequantize(stored, kind)
    for dtype in (np.float32, np.float16, np.float64, np.int8, np.int16, np.int32, np.int64):
        plain = (numbers[:, :5] * 100).astype(dtype).reshape(3, 5, 1)
        writer.add_tensor(np.dtype(dtype).name, plain)
        expected[np.dtype(dtype).name] = plain.astype(np.float32)
    blocks = np.zeros((2, gguf.quants.quant_shape_to_byte_shape((2, 256), Ggml.Q6_K)[1]), np.uint8)
    writer.add_tensor("Q6_K", blocks, raw_dtype=Ggml.Q6_K)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return {f"gguf/{name}": torch.from_numpy(np.ascontiguousarray(value)) for name, value in expected.items()}


def write_safetensors():
    generator = torch.Generator().manual_seed(2)
    numbers = torch.randn(5, 3, generator=generator) * 100
    kinds = [torch.float64, torch.float32, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8]
    tensors = {str(kind).split(".")[1]: numbers.to(kind) for kind in kinds}
    tensors["uint8"] = numbers.abs().to(torch.uint8)
    tensors["bool"] = numbers > 0
    expected = {f"safetensors/{name}": value.float() for name, value in tensors.items()}
    tensors["float8"] = numbers.to(torch.float8_e4m3fn)
    tensors["uint16"] = numbers.abs().to(torch.uint16)
    save_file(tensors, FOLDER / "types.safetensors", {"format": "pt"})
    return expected


def write_torch():
    generator = torch.Generator().manual_seed(3)

    def draw(*shape):
        return torch.randn(shape, generator=generator)

    matrix, line = draw(7, 5), draw(40)
    tensors = collections.OrderedDict(
        matrix=matrix,
        transposed=matrix.t(),
        tied=matrix,
        slice=line[5:25].view(4, 5),
        steps=line[1::3],
        permuted=draw(3, 4, 5).permute(2, 0, 1),
        half_transposed=draw(6, 3).half().t(),
        scalar=torch.tensor(3.5),
        empty=torch.zeros(0, 4),
        parameter=torch.nn.Parameter(draw(2, 1, 2)),
        flags=torch.tensor([True, False, True]),
    )
    for kind in (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8):
        tensors[str(kind).split(".")[1]] = (draw(4, 3) * 100).to(kind)
    tensors["uint8"] = (draw(4, 3).abs() * 50).to(torch.uint8)
    tensors._metadata = collections.OrderedDict([("", {"version": 1})])  # as state_dict() has it
    torch.save(tensors, FOLDER / "torch.bin")
    torch.save(tensors, FOLDER / "torch_protocol4.bin", pickle_protocol=4)
    torch.save(tensors, FOLDER / "torch_stream.bin", _use_new_zipfile_serialization=False)
    return {f"torch/{name}": value.detach().float().contiguous().clone() for name, value in tensors.items()}


def rounded_numbers():
    draws = np.random.default_rng(4)
    numbers = draws.standard_normal((40, 32), dtype=np.float32)
    numbers *= np.exp2(draws.integers(-30, 12, (40, 1))).astype(np.float32)
    numbers[0] = 0
    numbers[1] = np.arange(-16, 16) * np.float32(0.5)  # halves between integers when the scale is 1
    numbers[1, 0] = 127
    result = {"rounded/numbers": torch.from_numpy(numbers)}
    for kind in (Ggml.Q8_0, Ggml.BF16, Ggml.F16):
        stored = gguf.quants.quantize(numbers, kind)
        result[f"rounded/{kind.name}"] = torch.from_numpy(np.ascontiguousarray(stored).view(np.uint8).copy())
    return result


if __name__ == "__main__":
    save_file(write_gguf() | write_safetensors() | write_torch() | rounded_numbers(), FOLDER / "expected.safetensors")
