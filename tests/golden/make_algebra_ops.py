"""Golden cases of reductions, matmul, shape ops, indexing, softmax."""

import torch

from golden_file import GoldenFile
from make_pointwise_ops import named

SEEDS = [0, 1]

# shape, dims to reduce
REDUCTIONS = [
    ((1,), [0]), ((17,), [0]), ((3, 5), [0]), ((3, 5), [1]), ((3, 5), [0, 1]), ((2, 3, 5), [1]), ((2, 3, 5), [0, 2]),
    ((4, 1, 7), [1]), ((2, 3, 1, 5), [1, 3]), ((3, 131), [1]), ((131, 3), [0]),
]

# a, b as they multiply untransposed; leading dims broadcast
MATMULS = [
    ((1, 1), (1, 1)), ((3, 5), (5, 7)), ((1, 17), (17, 1)),
    ((17, 1), (1, 3)), ((7, 11), (11, 13)), ((2, 3, 5), (2, 5, 3)),
    ((2, 3, 5), (5, 7)), ((2, 1, 3, 5), (3, 5, 2)), ((1, 3, 5), (2, 5, 2)),
    ((2, 2, 3, 5), (2, 1, 5, 1)), ((2, 19), (19, 1)),
]

SOFTMAXES = [((1,), 0), ((7,), 0), ((3, 5), 1), ((3, 5), 0), ((2, 3, 5), 1), ((4, 1), 1), ((2, 131), 1), ((2, 3, 1, 17), 3)]


def reduction_files():
    functions = {
        "sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin,
    }
    for op, function in functions.items():
        file = GoldenFile(op, lambda x, a, function=function: function(x[0], dim=a["dims"], keepdim=a["keep"]))
        for shape, dims in REDUCTIONS:
            for seed, keep in enumerate((False, True)):
                tag = f"{named(shape)}_over{''.join(map(str, dims))}{'_keep' if keep else ''}"
                file.add(tag, [file.random(seed).normal(*shape)], {"dims": dims, "keep": keep})
        yield file


def matmul_file():
    def function(x, a):
        left = x[0].transpose(-1, -2) if a["trans_a"] else x[0]
        right = x[1].transpose(-1, -2) if a["trans_b"] else x[1]
        return left @ right

    def flipped(shape):
        return (*shape[:-2], shape[-1], shape[-2])

    file = GoldenFile("matmul", function)
    for a, b in MATMULS:
        for trans_a, trans_b in ((False, False), (True, False), (False, True), (True, True)):
            draw = file.random()
            left, right = flipped(a) if trans_a else a, flipped(b) if trans_b else b
            tag = f"{named(left)}{'t' * trans_a}_{named(right)}{'t' * trans_b}"
            file.add(tag, [draw.normal(*left), draw.normal(*right)], {"trans_a": trans_a, "trans_b": trans_b})
    return file


def shape_files():
    def both(file, tag, shape, attrs):  # every shape op moves floats and integers alike
        file.add(tag, [file.random().normal(*shape)], attrs)
        file.add(tag + "_i32", [file.random().integers(*shape, low=-1000, high=1000)], attrs)

    file = GoldenFile("reshape", lambda x, a: x[0].reshape(a["shape"]))
    for old, new in [((2, 3, 5), (5, 6)), ((7,), (1, 7)), ((1, 7), (7,)), ((12,), (3, 1, 4)), ((1,), ()), ((), (1, 1)),
                     ((2, 3, 4), (24,)), ((5, 3), (5, 3))]:
        both(file, f"{named(old)}_to_{named(new)}", old, {"shape": list(new)})
    yield file

    file = GoldenFile("transpose", lambda x, a: x[0].permute(a["perm"]))
    for shape, perm in [((5,), [0]), ((3, 5), [1, 0]), ((3, 5), [0, 1]), ((2, 3, 5), [2, 0, 1]), ((2, 3, 5), [0, 2, 1]),
                        ((1, 7, 1), [1, 2, 0]), ((2, 3, 1, 5), [0, 2, 1, 3]), ((2, 3, 4, 5), [3, 1, 2, 0]),
                        ((2, 5, 3, 4), [0, 2, 1, 3]), ((17, 19), [1, 0])]:
        both(file, f"{named(shape)}_perm{''.join(map(str, perm))}", shape, {"perm": perm})
    yield file

    file = GoldenFile("broadcast_to", lambda x, a: x[0].broadcast_to(a["shape"]))
    for old, new in [((), (3, 5)), ((1,), (7,)), ((5,), (3, 5)), ((3, 1), (3, 5)), ((2, 1, 5), (2, 3, 5)), ((1, 1), (2, 3, 4)),
                     ((3, 5), (3, 5)), ((1, 3, 1), (2, 3, 5))]:
        both(file, f"{named(old)}_to_{named(new)}", old, {"shape": list(new)})
    yield file

    file = GoldenFile("slice", lambda x, a: x[0][tuple(slice(s, e) for s, e in zip(a["starts"], a["limits"]))])
    for shape, starts, limits in [((1,), [0], [1]), ((17,), [3], [14]), ((3, 5), [0, 1], [3, 4]), ((3, 5), [2, 4], [3, 5]),
                                  ((2, 7, 5), [0, 2, 0], [2, 7, 5]), ((2, 7, 5), [1, 0, 3], [2, 7, 4]), ((3, 5), [0, 0], [3, 5])]:
        tag = f"{named(shape)}_from{''.join(map(str, starts))}_to" + "_".join(map(str, limits))
        both(file, tag, shape, {"starts": starts, "limits": limits})
    yield file

    file = GoldenFile("concat", lambda x, a: torch.cat(x, dim=a["dim"]))
    for shapes, dim in [([(3,)], 0), ([(1,), (7,)], 0), ([(3, 5), (3, 1), (3, 2)], 1), ([(3, 5), (1, 5)], 0),
                        ([(2, 3, 5), (2, 1, 5), (2, 2, 5), (2, 3, 5)], 1), ([(2, 1, 1), (2, 1, 7)], 2)]:
        draw = file.random()
        tag = "_".join(map(named, shapes)) + f"_dim{dim}"
        file.add(tag, [draw.normal(*s) for s in shapes], {"dim": dim})
        file.add(tag + "_i32", [draw.integers(*s, high=1000) for s in shapes], {"dim": dim})
    yield file


def indexing_files():
    # shape, dim, how many indices; repeated indices make gradients add up
    rows = [((1,), 0, 1), ((7,), 0, 11), ((5, 3), 0, 4), ((3, 5), 1, 7), ((2, 5, 3), 1, 9), ((2, 3, 17), 2, 5), ((1, 4, 1), 1, 3)]

    file = GoldenFile("gather", lambda x, a: x[0].index_select(a["dim"], x[1]))
    for shape, dim, count in rows:
        draw = file.random()
        indices = draw.integers(count, high=shape[dim])
        file.add(f"{named(shape)}_dim{dim}_n{count}", [draw.normal(*shape), indices], {"dim": dim})
    draw = file.random()
    file.add("i32", [draw.integers(5, 3, high=1000), draw.integers(4, high=5)], {"dim": 0})
    yield file

    file = GoldenFile("take_along", lambda x, a: x[0].gather(a["dim"], x[1].long()))
    for shape, dim, count in rows:
        draw = file.random()
        picked = [*shape]
        picked[dim] = count
        file.add(f"{named(shape)}_dim{dim}_n{count}", [draw.normal(*shape), draw.integers(*picked, high=shape[dim])], {"dim": dim})
    yield file

    file = GoldenFile("scatter_add", lambda x, a: x[0].index_add(a["dim"], x[1], x[2]))
    for shape, dim, count in rows:
        for seed in SEEDS:
            draw = file.random(seed)
            updates = [*shape]
            updates[dim] = count
            inputs = [draw.normal(*shape), draw.integers(count, high=shape[dim]), draw.normal(*updates)]
            file.add(f"{named(shape)}_dim{dim}_n{count}_seed{seed}", inputs, {"dim": dim})
    yield file

    file = GoldenFile("cumsum", lambda x, a: x[0].cumsum(a["dim"]))
    for shape, dim in SOFTMAXES:
        for seed in SEEDS:
            file.add(f"{named(shape)}_dim{dim}_seed{seed}", [file.random(seed).normal(*shape)], {"dim": dim})
    yield file

    file = GoldenFile("argmax", lambda x, a: x[0].argmax(a["dim"]))
    for shape, dim in SOFTMAXES:
        for seed in SEEDS:
            file.add(f"{named(shape)}_dim{dim}_seed{seed}", [file.random(seed).normal(*shape)], {"dim": dim})
    yield file

    file = GoldenFile("top_k", lambda x, a: tuple(x[0].topk(a["k"], dim=-1)))
    for shape, k in [((1,), 1), ((7,), 3), ((3, 5), 1), ((3, 5), 5), ((2, 3, 17), 4), ((2, 131), 7)]:
        for seed in SEEDS:
            file.add(f"{named(shape)}_k{k}_seed{seed}", [file.random(seed).normal(*shape)], {"k": k})
    yield file


def softmax_files():
    for op, function in (("softmax", torch.softmax), ("log_softmax", torch.log_softmax)):
        file = GoldenFile(op, lambda x, a, function=function: function(x[0], dim=a["dim"]))
        for shape, dim in SOFTMAXES:
            for seed in SEEDS:
                file.add(f"{named(shape)}_dim{dim}_seed{seed}", [file.random(seed).normal(*shape, scale=2.0)], {"dim": dim})
        large = file.random().normal(3, 7, scale=3.0) + torch.tensor([[1000.0], [-1000.0], [80.0]])
        file.add("large", [large], {"dim": 1})
        yield file


def algebra_files():
    return [*reduction_files(), matmul_file(), *shape_files(), *indexing_files(), *softmax_files()]
