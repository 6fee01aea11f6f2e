"""Tensor operations as NumPy and SciPy do them: broadcasting, slicing, reductions, matmul, sorting, integers, casts.

Structure of operations.json: `cases`, a list of

    name      unique
    op        the name of Skein's function
    inputs    tensors (of a list argument, as in concat: its members)
    params    the arguments that are not tensors:
                sum mean variance prod max min all any   { axis: null | number | [numbers], keepDims, ddof (variance) }
                argmax argmin softmax logSoftmax logSumExp concat stack take expandDims   { axis }
                cumsum cumprod   { axis, reverse }        sort   { axis, descending }
                slice   { ranges: one for each axis from the first: null, index, or [start, stop, step] }
                transpose   { order: null | [axes] }      swapAxes   { axes: [a, b] }     flip   { axes: null | [axes] }
                reshape broadcastTo   { shape }           squeeze   { axes: null | [axes] }
                pad   { widths: [[before, after], ...] }  scatterAdd   { size, axis }     oneHot   { classes }
                cast   { dtype }                          triangularSolve   { lower, transpose }
    output    a tensor; for sort two: [values, indices]

Left out, because NumPy leaves it open or differs: floats outside the range of the integer they are cast to, NaN to an
integer, shifts by 32 or more, means of integers.
The sign of a zero is not settled by maximum, minimum, max, min, sign and sort.
Integers: div rounds down, mod has the divisor's sign, both are 0 when the divisor is 0; overflow wraps.
"""

import warnings

import numpy as np
from scipy.linalg import solve_triangular
from scipy.special import log_softmax, logsumexp, softmax

from writing import tensor, write

warnings.simplefilter("ignore")  # divisions by zero and overflows are meant

NAN, INF = np.nan, np.inf
F32, F64, I32, U8 = np.float32, np.float64, np.int32, np.uint8
RNG = np.random.default_rng(7)


def fixed(*shape, dtype=F64):
    """Multiples of 1/16 between -8 and 8."""
    return (RNG.integers(-128, 129, size=shape) / 16).astype(dtype)


A23, A3, A21, A13, A413 = fixed(2, 3), fixed(3), fixed(2, 1), fixed(1, 3), fixed(4, 1, 3)
A211 = fixed(2, 1, 1, dtype=F32)
CUBE = fixed(2, 3, 4)
CUBE32 = CUBE.astype(F32)
HOLED = np.array([[1.0, NAN, 3.0], [4.0, 4.0, -2.0], [NAN, NAN, 0.5]])
TIES = np.array([[1.0, 5.0, 5.0, 2.0], [9.0, 2.0, 9.0, 9.0], [0.0, -0.0, 0.0, 0.0]])
INTS = np.array([[7, -7, 7, -7, 0, 5], [2147483647, -2147483648, 100, -100, 1, -1]], dtype=I32)
DIVISORS = np.array([[2, 2, -2, -2, 3, 0], [-1, 7, 9, 9, -5, 0]], dtype=I32)
BYTES, MORE_BYTES = np.array([250, 3, 0, 128, 255], dtype=U8), np.array([10, 5, 1, 128, 255], dtype=U8)
TRUTH = np.array([[True, False, True], [False, False, True]])
SPECIAL = np.array([0.0, -0.0, INF, -INF, NAN, 1.5, -2.5, 3.0])


def case(name, op, inputs, output, **params):
    result = [tensor(x) for x in output] if isinstance(output, tuple) else tensor(np.asarray(output))
    return {"name": name, "op": op, "inputs": [tensor(x) for x in inputs], "params": params, "output": result}


def elementwise():
    arithmetic = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}
    order = {"maximum": np.maximum, "minimum": np.minimum}
    compare = {
        "equal": np.equal, "notEqual": np.not_equal, "less": np.less, "lessEqual": np.less_equal,
        "greater": np.greater, "greaterEqual": np.greater_equal,
    }
    shapes = {
        "[2,3] [3]": (A23, A3),
        "[2,1] [1,3]": (A21, A13),
        "[4,1,3] [2,1]": (A413, A21),
        "[] [2,3]": (np.array(2.5), A23),
        "[0,3] [1,3]": (np.zeros((0, 3)), A13),
        "float32": (CUBE32, A211),
    }
    for op, function in {**arithmetic, **order}.items():
        for shape, (a, b) in shapes.items():
            yield case(f"{op} {shape}", op, [a, b], function(a, b))
    grid = np.meshgrid(SPECIAL, SPECIAL)
    for op, function in {**arithmetic, **order, **compare}.items():
        yield case(f"{op} special values", op, grid, function(*grid))
    for op, function in compare.items():
        yield case(f"{op} int32", op, [INTS, INTS[::-1]], function(INTS, INTS[::-1]))
    for op, function in {**arithmetic, "div": np.floor_divide, "mod": np.mod, **order}.items():
        yield case(f"{op} int32", op, [INTS, DIVISORS], function(INTS, DIVISORS))
        yield case(f"{op} uint8", op, [BYTES, MORE_BYTES], function(BYTES, MORE_BYTES))
    a, b = np.array([5.5, -5.5, 5.5, -5.5, 6.0, 0.0, -6.0]), np.array([2.0, 2.0, -2.0, -2.0, 3.0, 2.0, 3.0])
    yield case("mod floats", "mod", [a, b], np.mod(a, b))
    a, b = np.array([1e16, -1e16, 1e300, 0.3]), np.array([3.0, 3.0, 7.0, 0.1])
    yield case("mod floats, where the quotient is rounded", "mod", [a, b], np.mod(a, b))
    a, b = np.array([5.0, -5.0, INF, NAN, 1.0]), np.array([INF, INF, 2.0, 2.0, 0.0])
    yield case("mod floats, special values", "mod", [a, b], np.mod(a, b))
    yield case("add uint8 int32", "add", [BYTES, INTS[0, :5]], BYTES + INTS[0, :5])
    yield case("mul bool float32", "mul", [TRUTH, CUBE32[0, :2, :3]], TRUTH * CUBE32[0, :2, :3])
    yield case("where broadcast", "where", [TRUTH, A21, A3], np.where(TRUTH, A21, A3))
    yield case("where NaN in the other branch", "where", [TRUTH, A23, np.full((2, 3), NAN)], np.where(TRUTH, A23, NAN))
    unary = {
        "neg": np.negative, "abs": np.abs, "sign": np.sign, "floor": np.floor, "ceil": np.ceil, "round": np.rint,
        "sqrt": np.sqrt, "square": np.square, "isNaN": np.isnan,
    }
    values = np.array([*SPECIAL, 0.5, 1.4999, 2.5, -0.5, -1.5, 4503599627370497.5, 0.49999999999999994, 1e300])
    for op, function in unary.items():
        yield case(f"{op}", op, [values], function(values))
    for op in ("neg", "abs", "sign", "square"):
        yield case(f"{op} int32", op, [INTS], unary[op](INTS))
    for op, function in {"and": np.bitwise_and, "or": np.bitwise_or, "xor": np.bitwise_xor}.items():
        yield case(f"{op} bool", op, [TRUTH, TRUTH[:, ::-1]], function(TRUTH, TRUTH[:, ::-1]))
        yield case(f"{op} int32", op, [INTS, INTS[::-1]], function(INTS, INTS[::-1]))
    yield case("not bool", "not", [TRUTH], ~TRUTH)
    yield case("not int32", "not", [INTS], ~INTS)
    amounts = np.array([0, 1, 31, 5, 16, 8], dtype=I32)
    yield case("shiftLeft int32", "shiftLeft", [INTS[0], amounts], np.left_shift(INTS[0], amounts))
    right = (INTS[0].view(np.uint32) >> amounts.view(np.uint32)).view(I32)
    yield case("shiftRight int32, zeros come in", "shiftRight", [INTS[0], amounts], right)


def as_python(ranges):
    return tuple(slice(None) if r is None else r if isinstance(r, int) else slice(*r) for r in ranges)


def views():
    slices = [
        [1], [-1], [None, 1], [None, -2, 3], [[1, None]], [None, [None, None, -1]], [None, None, [None, None, -1]],
        [[None, None, -1], [None, None, -1], [None, None, -1]], [None, [0, 3, 2], [1, 4, 2]],
        [0, [2, None, -2], [3, 0, -1]], [None, [1, 1]], [None, [5, 9]], [None, [-2, None]], [None, None, [-100, 100]],
        [None, None, [100, -100, -3]],
        [1, 2, 3], [None, None, [None, -1]], [None, None, [-3, -1]], [None, [2, 0]],
    ]
    for ranges in slices:
        yield case(f"slice {ranges}", "slice", [CUBE], CUBE[as_python(ranges)], ranges=ranges)
    for order in (None, [0, 2, 1], [2, 0, 1], [1, 0, 2], [-1, 0, 1]):
        yield case(f"transpose {order}", "transpose", [CUBE], np.transpose(CUBE, order), order=order)
    yield case("transpose vector", "transpose", [A3], A3.T, order=None)
    for axes in ([0, 1], [0, -1], [1, 1]):
        yield case(f"swapAxes {axes}", "swapAxes", [CUBE], np.swapaxes(CUBE, *axes), axes=axes)
    for shape in ([6, 4], [-1], [4, -1, 2], [2, 3, 2, 2], [24, 1]):
        yield case(f"reshape {shape}", "reshape", [CUBE], CUBE.reshape(shape), shape=shape)
    yield case("reshape empty", "reshape", [np.zeros((0, 4))], np.zeros((2, 0)), shape=[2, 0])
    yield case("reshape to scalar", "reshape", [np.array([[3.5]])], np.array(3.5), shape=[])
    for x, shape in ((A3, [2, 3]), (A21, [4, 2, 3]), (np.array(1.5), [2, 2]), (A13, [0, 3])):
        yield case(f"broadcastTo {list(x.shape)} {shape}", "broadcastTo", [x], np.broadcast_to(x, shape), shape=shape)
    for axes in (None, [0], [-1], [0, 2]):
        yield case(f"flip {axes}", "flip", [CUBE], np.flip(CUBE, axes if axes is None else tuple(axes)), axes=axes)
    for axis in (0, 1, -1, 2):
        yield case(f"expandDims {axis}", "expandDims", [A23], np.expand_dims(A23, axis), axis=axis)
    for axes in (None, [0], [2, -1]):
        x = CUBE[:1, :, :1].reshape(1, 3, 1, 1)
        yield case(f"squeeze {axes}", "squeeze", [x], np.squeeze(x, None if axes is None else tuple(axes)), axes=axes)


def assembling():
    for axis in (0, 1, -1):
        parts = [A23, fixed(2, 3)] if axis == 0 else [A23, A21, fixed(2, 2)]
        yield case(f"concat axis {axis}", "concat", parts, np.concatenate(parts, axis), axis=axis)
    parts = [np.zeros((0, 3)), A23]
    yield case("concat with nothing", "concat", parts, np.concatenate(parts), axis=0)
    yield case("concat uint8 int32", "concat", [BYTES, INTS[0]], np.concatenate([BYTES, INTS[0]]), axis=0)
    for axis in (0, 1, -1):
        yield case(f"stack axis {axis}", "stack", [A23, A23 * 2], np.stack([A23, A23 * 2], axis), axis=axis)
    for widths in ([[1, 0], [0, 2]], [[0, 0], [0, 0]], [[2, 1], [1, 1]]):
        yield case(f"pad {widths}", "pad", [A23], np.pad(A23, widths), widths=widths)
    yield case("pad int32", "pad", [INTS[0]], np.pad(INTS[0], [[1, 2]]), widths=[[1, 2]])
    at = np.array([2, 0, 2, 1], dtype=I32)
    for axis, index in ((0, np.array([1, 0, 1], I32)), (1, at), (2, at), (-1, at)):
        yield case(f"take axis {axis}", "take", [CUBE, index], np.take(CUBE, index, axis), axis=axis)
    yield case("take with a table of indices", "take", [A3, at.reshape(2, 2)], np.take(A3, at.reshape(2, 2)), axis=0)
    yield case("take bool", "take", [TRUTH, at], np.take(TRUTH, at, 1), axis=1)
    yield case("take nothing", "take", [A23, np.array([], I32)], A23[:0], axis=0)
    for axis in (0, 1):
        updates = fixed(4, 3) if axis == 0 else fixed(3, 4)
        total = np.zeros((5, 3) if axis == 0 else (3, 5))
        np.add.at(total, (at,) if axis == 0 else (slice(None), at), updates)
        yield case(f"scatterAdd axis {axis}", "scatterAdd", [updates, at], total, size=5, axis=axis)
    yield case("oneHot", "oneHot", [at], np.eye(4, dtype=F32)[at], classes=4)


def reductions():
    functions = {"sum": np.sum, "mean": np.mean, "prod": np.prod, "max": np.max, "min": np.min, "variance": np.var}
    axes = (None, 0, -1, [0, 2], [1], [])
    for op, function in functions.items():
        for axis in axes:
            numpy_axis = tuple(axis) if isinstance(axis, list) else axis
            yield case(f"{op} axis {axis}", op, [CUBE], function(CUBE, axis=numpy_axis), axis=axis)
        yield case(f"{op} keepDims", op, [CUBE], function(CUBE, axis=1, keepdims=True), axis=1, keepDims=True)
        yield case(f"{op} float32", op, [CUBE32], function(CUBE32, axis=(0, 1)).astype(F32), axis=[0, 1])
        yield case(f"{op} NaN", op, [HOLED], function(HOLED, axis=1), axis=1)
        yield case(f"{op} scalar", op, [np.array(4.0)], function(np.array(4.0)), axis=None)
    for op in ("sum", "prod", "mean"):
        yield case(f"{op} of nothing", op, [np.zeros((2, 0))], functions[op](np.zeros((2, 0)), axis=1), axis=1)
    infinite = np.array([[INF, 1.0], [INF, -INF]])
    for op in ("sum", "max", "min"):
        yield case(f"{op} infinities", op, [infinite], functions[op](infinite, axis=1), axis=1)
        yield case(f"{op} int32", op, [INTS], functions[op](INTS, axis=0).astype(I32), axis=0)
    yield case("sum uint8", "sum", [BYTES], np.sum(BYTES, dtype=I32), axis=None)
    yield case("sum bool", "sum", [TRUTH], np.sum(TRUTH, axis=0, dtype=I32), axis=0)
    yield case("variance ddof 1", "variance", [CUBE], np.var(CUBE, axis=2, ddof=1), axis=2, ddof=1)
    far = 1e8 + np.array([1.0, 2.0, 3.0, 4.0])
    yield case("variance far from zero", "variance", [far], np.var(far), axis=None)
    for op, function in {"all": np.all, "any": np.any}.items():
        for axis in (None, 0, 1):
            yield case(f"{op} axis {axis}", op, [TRUTH], function(TRUTH, axis=axis), axis=axis)
        yield case(f"{op} of nothing", op, [np.zeros((2, 0), bool)], function(np.zeros((2, 0), bool), axis=1), axis=1)
        yield case(f"{op} of floats, NaN counts as true", op, [HOLED], function(HOLED, axis=1), axis=1)
    for op, function in {"argmax": np.argmax, "argmin": np.argmin}.items():
        for name, x in {"plain": CUBE, "ties": TIES, "NaN": HOLED, "int32": INTS, "bool": TRUTH}.items():
            for axis in (0, -1):
                yield case(f"{op} {name} axis {axis}", op, [x], function(x, axis=axis), axis=axis)


def along_an_axis():
    for op, function in {"cumsum": np.cumsum, "cumprod": np.cumprod}.items():
        for axis in (0, 1, -1):
            yield case(f"{op} axis {axis}", op, [CUBE], function(CUBE, axis=axis), axis=axis, reverse=False)
        backwards = np.flip(function(np.flip(A23, 1), axis=1), 1)
        yield case(f"{op} reverse", op, [A23], backwards, axis=1, reverse=True)
        small = np.array([[1, 2, 3], [-4, 5, 6]], dtype=I32)
        yield case(f"{op} int32", op, [small], function(small, axis=1, dtype=I32), axis=1, reverse=False)
        yield case(f"{op} NaN", op, [HOLED], function(HOLED, axis=1), axis=1, reverse=False)
    signed_zeros = np.array([0.0, INF, -0.0, NAN, -INF, 0.0, 1.0, NAN])
    for name, x in {"plain": CUBE, "ties": TIES, "NaN": HOLED, "special": signed_zeros, "int32": INTS[:, 2:]}.items():
        for axis in range(x.ndim):
            for descending in (False, True):
                places = np.argsort(-x if descending else x, axis=axis, stable=True)
                output = (np.take_along_axis(x, places, axis), places)
                way = "descending" if descending else "ascending"
                yield case(f"sort {name} axis {axis} {way}", "sort", [x], output, axis=axis, descending=descending)
    wide = np.array([[1000.0, 1000.0, 0.0], [-1000.0, -1001.0, -1002.0], [700.0, -700.0, 0.0], [88.0, 89.0, 90.0]])
    functions = {"softmax": softmax, "logSoftmax": log_softmax, "logSumExp": logsumexp}
    for op, function in functions.items():
        for axis in (0, 1, -1):
            yield case(f"{op} axis {axis}", op, [CUBE], function(CUBE, axis=axis), axis=axis)
        yield case(f"{op} far apart", op, [wide], function(wide, axis=1), axis=1)
        yield case(f"{op} float32", op, [wide.astype(F32)], function(wide, axis=1).astype(F32), axis=1)
        masked = np.array([[0.0, -INF, 1.0], [-INF, -INF, 2.0]])
        yield case(f"{op} minus infinity", op, [masked], function(masked, axis=1), axis=1)
        yield case(f"{op} NaN", op, [HOLED], function(HOLED, axis=1), axis=1)
        yield case(f"{op} one element", op, [A21], function(A21, axis=1), axis=1)
    nothing = np.full((2, 3), -INF)
    yield case("logSumExp only minus infinity", "logSumExp", [nothing], logsumexp(nothing, axis=1), axis=1)


def products():
    shapes = [
        ((2, 3), (3, 4)), ((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)),
        ((2, 3), (5, 3, 4)), ((5, 1, 2, 3), (4, 3, 2)), ((1, 1), (1, 1)), ((2, 0), (0, 3)), ((0, 3), (3, 2)),
        ((7, 13), (13, 9)), ((4, 2, 3), (3,)), ((3,), (4, 3, 2)),
    ]
    for left, right in shapes:
        a, b = fixed(*left), fixed(*right)
        yield case(f"matmul {list(left)} {list(right)}", "matmul", [a, b], a @ b)
    a, b = fixed(6, 17, dtype=F32), fixed(17, 5, dtype=F32)
    yield case("matmul float32", "matmul", [a, b], a @ b)
    a, b = INTS[:, 2:], DIVISORS[:, 2:].T
    yield case("matmul int32", "matmul", [a, b], a @ b)
    a, b = np.array([[1.0, INF], [NAN, 2.0]]), np.array([[0.0, 1.0], [1.0, 0.0]])
    yield case("matmul NaN and infinity", "matmul", [a, b], a @ b)
    roots = np.tril(fixed(2, 4, 4)) + 9 * np.eye(4)
    spd = roots @ np.swapaxes(roots, 1, 2)
    yield case("cholesky", "cholesky", [spd], np.linalg.cholesky(spd))
    for lower in (True, False):
        for transpose in (False, True):
            triangle = roots[0] if lower else roots[0].T
            rhs = fixed(4, 3)
            x = solve_triangular(triangle, rhs, trans="T" if transpose else "N", lower=lower)
            name = f"triangularSolve {'lower' if lower else 'upper'}{' transposed' if transpose else ''}"
            yield case(name, "triangularSolve", [triangle, rhs], x, lower=lower, transpose=transpose)


def casts():
    floats = np.array([0.0, -0.0, 0.9, -0.9, 1.5, 2.5, -1.5, 255.0, 100.7])
    small = np.abs(floats)
    yield case("cast float64 int32", "cast", [floats], floats.astype(I32), dtype="int32")
    yield case("cast float32 int32", "cast", [floats.astype(F32)], floats.astype(I32), dtype="int32")
    yield case("cast float64 uint8", "cast", [small], small.astype(U8), dtype="uint8")
    for name, x in {"float64": SPECIAL, "float32": SPECIAL.astype(F32), "int32": INTS, "uint8": BYTES}.items():
        yield case(f"cast {name} bool", "cast", [x], x.astype(bool), dtype="bool")
    for kind in (F32, F64, I32, U8):
        name = np.dtype(kind).name
        yield case(f"cast bool {name}", "cast", [TRUTH], TRUTH.astype(kind), dtype=name)
        yield case(f"cast uint8 {name}", "cast", [BYTES], BYTES.astype(kind), dtype=name)
        yield case(f"cast int32 {name}", "cast", [INTS], INTS.astype(kind), dtype=name)
    large = np.array([1e39, -1e39, 1e-46, 1e-45, 0.1, 16777217.0, NAN, -INF])
    yield case("cast float64 float32", "cast", [large], large.astype(F32), dtype="float32")
    yield case("cast float32 float64", "cast", [large.astype(F32)], large.astype(F32).astype(F64), dtype="float64")


if __name__ == "__main__":
    groups = (elementwise, views, assembling, reductions, along_an_axis, products, casts)
    cases = [one for group in groups for one in group()]
    assert len({one["name"] for one in cases}) == len(cases), "two cases with one name"
    print(f"  {len(cases)} cases")
    write(__file__, ["numpy", "scipy"], {"cases": cases})
