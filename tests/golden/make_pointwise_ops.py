"""Golden cases of the elementwise ops: unary, binary with broadcasting, comparisons, where, cast."""

import torch
import torch.nn.functional as F

from golden_file import GoldenFile

SHAPES = [(), (1,), (17,), (3, 5), (2, 1, 13), (1, 67)]
PAIRS = [
    ((), ()), ((1,), (7,)), ((3, 5), (3, 5)), ((3, 5), ()), ((2, 3, 5), (5,)), ((2, 3, 5), (3, 1)), ((4, 1), (1, 6)),
    ((2, 1, 5), (3, 1)), ((1, 37), (2, 37)),
]
SEEDS = [0, 1]


def named(shape):
    return "x".join(map(str, shape)) if shape else "scalar"


def anywhere(draw, shape):
    return draw.normal(*shape, scale=1.5)


def positive(draw, shape):
    return draw.uniform(*shape, low=0.05, high=4.0)


def off_zero(draw, shape):
    return draw.away_from_zero(*shape, low=0.05, high=3.0)


# op, function, where its inputs lie, values at which a careless formula overflows or cancels
UNARY = [
    ("neg", torch.neg, anywhere, None),
    ("exp", torch.exp, anywhere, [-80.0, -20.0, 1e-6, 20.0, 80.0]),
    ("log", torch.log, positive, [1e-30, 1e-6, 0.99999, 1.00001, 1e30]),
    ("sqrt", torch.sqrt, positive, [1e-30, 1e-6, 1e30]),
    ("rsqrt", torch.rsqrt, positive, [1e-12, 1e-6, 1e12]),
    ("abs", torch.abs, off_zero, None),
    ("square", torch.square, anywhere, None),
    ("tanh", torch.tanh, anywhere, [-60.0, -9.0, -1e-4, 1e-4, 9.0, 60.0]),
    ("sigmoid", torch.sigmoid, anywhere, [-60.0, -18.0, -1e-4, 1e-4, 18.0, 60.0]),
    ("relu", torch.relu, off_zero, None),
    ("silu", F.silu, anywhere, [-60.0, -18.0, -1e-4, 1e-4, 18.0, 60.0]),
    ("erf", torch.erf, anywhere, [-6.0, -3.5, -1e-4, 1e-4, 3.5, 6.0]),
    ("sin", torch.sin, anywhere, [-300.0, -31.4, 1e-4, 31.4, 300.0]),
    ("cos", torch.cos, anywhere, [-300.0, -31.4, 1e-4, 31.4, 300.0]),
]

BINARY = [
    ("add", torch.add, anywhere, anywhere),
    ("sub", torch.sub, anywhere, anywhere),
    ("mul", torch.mul, anywhere, anywhere),
    ("div", torch.div, anywhere, lambda draw, shape: draw.away_from_zero(*shape)),
    ("maximum", torch.maximum, anywhere, anywhere),
    ("minimum", torch.minimum, anywhere, anywhere),
    ("pow", torch.pow, lambda draw, shape: draw.uniform(*shape, low=0.2, high=3.0), anywhere),
]

COMPARISONS = [("equal", torch.eq), ("less", torch.lt), ("less_equal", torch.le)]

TYPES = {"f32": torch.float32, "bf16": torch.bfloat16, "i32": torch.int32}


def unary_files():
    for op, function, region, extremes in UNARY:
        file = GoldenFile(op, lambda x, attrs, function=function: function(x[0]))
        for shape in SHAPES:
            for seed in SEEDS:
                file.add(f"{named(shape)}_seed{seed}", [region(file.random(seed), shape)])
        if extremes:
            file.add("extremes", [torch.tensor(extremes)])
        yield file


def gelu_file():
    file = GoldenFile("gelu", lambda x, a: F.gelu(x[0], approximate="tanh" if a["form"] == "tanh" else "none"))
    for form in ("tanh", "erf"):
        for shape in SHAPES:
            file.add(f"{form}_{named(shape)}", [anywhere(file.random(), shape)], {"form": form})
        extremes = torch.tensor([-30.0, -6.0, -3.0, -1e-4, 0.0, 1e-4, 3.0, 6.0, 30.0])
        file.add(f"{form}_extremes", [extremes], {"form": form})
    return file


def binary_files():
    for op, function, left, right in BINARY:
        file = GoldenFile(op, lambda x, attrs, function=function: function(x[0], x[1]))
        for a, b in PAIRS:
            for seed in SEEDS:
                draw = file.random(seed)
                file.add(f"{named(a)}_{named(b)}_seed{seed}", [left(draw, a), right(draw, b)])
        if op in ("add", "sub", "mul", "maximum", "minimum"):
            draw = file.random()
            file.add("i32", [draw.integers(3, 1, low=-50, high=50), draw.integers(3, 7, low=-50, high=50)])
        if op == "pow":  # a negative base has no gradient for its exponent
            file.add("square_of_any", [file.random().away_from_zero(11), torch.tensor(2.0)], differentiable=[0])
            file.add("cube_of_any", [file.random().away_from_zero(11), torch.tensor(3.0)], differentiable=[0])
        yield file


def comparison_files():
    for op, function in COMPARISONS:
        file = GoldenFile(op, lambda x, attrs, function=function: function(x[0], x[1]))
        for a, b in PAIRS:
            draw = file.random()
            file.add(f"f32_{named(a)}_{named(b)}", [draw.integers(*s, high=4).float() for s in (a, b)])
            file.add(f"i32_{named(a)}_{named(b)}", [draw.integers(*s, high=4) for s in (a, b)])
        yield file


def where_file():
    file = GoldenFile("where", lambda x, attrs: torch.where(x[0], x[1], x[2]))
    triples = [((), (), ()), ((1,), (1,), (1,)), ((3, 5), (3, 5), (3, 5)), ((4, 1), (1, 6), ()), ((5,), (2, 3, 1), (3, 5)),
               ((2, 1, 7), (), (7,))]
    for shapes in triples:
        for seed in SEEDS:
            draw = file.random(seed)
            inputs = [draw.booleans(*shapes[0]), draw.normal(*shapes[1]), draw.normal(*shapes[2])]
            file.add("_".join(map(named, shapes)) + f"_seed{seed}", inputs)
    draw = file.random()
    file.add("i32", [draw.booleans(3, 5), draw.integers(3, 5, high=100), draw.integers(5, low=-100, high=0)])
    return file


def cast_file():
    file = GoldenFile("cast", lambda x, a: x[0].float().to(TYPES[a["to"]]) if a["to"] != "f32" else x[0].double())
    for shape in SHAPES:
        file.add(f"f32_to_bf16_{named(shape)}", [anywhere(file.random(), shape)], {"to": "bf16"})
        file.add(f"bf16_to_f32_{named(shape)}", [anywhere(file.random(), shape).bfloat16()], {"to": "f32"},
                 differentiable=[0])
    ties = torch.tensor([1.00390625, 1.01171875, -1.00390625, 1.003906369, 1.003906131, 3.3e38, 1e-30, 0.0])
    file.add("f32_to_bf16_ties_to_even", [ties], {"to": "bf16"})
    truncated = torch.tensor([-2.9, -2.5, -1.0, -0.5, 0.0, 0.5, 0.999, 1.5, 2.5, 16777216.0])
    file.add("f32_to_i32_towards_zero", [truncated], {"to": "i32"})
    file.add("i32_to_f32", [file.random().integers(3, 5, low=-1000, high=1000)], {"to": "f32"})
    file.add("bool_to_f32", [file.random().booleans(2, 7)], {"to": "f32"})
    file.add("bool_to_i32", [file.random().booleans(13)], {"to": "i32"})
    return file


def pointwise_files():
    return [*unary_files(), gelu_file(), *binary_files(), *comparison_files(), where_file(), cast_file()]
