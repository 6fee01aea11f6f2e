"""Exact values of elementary functions: mpmath at 60 digits, rounded once to float64 and once to float32.

Structure of functions.json:

    functions   { exp, log, log1p, expm1, tanh, sigmoid, erf, erfinv, sqrt, sin, cos, tan, atan }, each
      float64     { x: [...], y: [...] }   y[i] is f(x[i]), correctly rounded
      float32     the same, x and y float32 values
    pow         { float64: { x, exponent, y }, float32: the same }
    special     { each function: { x: [...], y: [...] } } at zeros, infinities and NaN; pow: { x, exponent, y }

Points: large and small magnitudes down to denormals, both signs where the function has them, around the places where
results overflow, underflow or cancel. sin, cos and tan go to 1e5 in float32 and 1e15 in float64.
Numbers too large for the type are "Infinity". In `special`, -0 matters: f(-0) = -0 for odd functions and sqrt.
"""

import mpmath
import numpy as np

from writing import write

mpmath.mp.dps = 60
TYPES = {"float64": np.float64, "float32": np.float32}
INF, NAN = float("inf"), float("nan")
FUNCTIONS = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "expm1": mpmath.expm1,
    "tanh": mpmath.tanh,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "erf": mpmath.erf,
    "erfinv": mpmath.erfinv,
    "sqrt": mpmath.sqrt,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
    "atan": mpmath.atan,
}
SPECIAL = {
    "exp": ([0.0, -0.0, INF, -INF, NAN], [1, 1, INF, 0, NAN]),
    "log": ([0.0, -0.0, INF, -INF, NAN, -1.0, 1.0], [-INF, -INF, INF, NAN, NAN, NAN, 0]),
    "log1p": ([0.0, -0.0, INF, -INF, NAN, -1.0, -2.0], [0.0, -0.0, INF, NAN, NAN, -INF, NAN]),
    "expm1": ([0.0, -0.0, INF, -INF, NAN], [0.0, -0.0, INF, -1, NAN]),
    "tanh": ([0.0, -0.0, INF, -INF, NAN], [0.0, -0.0, 1, -1, NAN]),
    "sigmoid": ([0.0, -0.0, INF, -INF, NAN], [0.5, 0.5, 1, 0, NAN]),
    "erf": ([0.0, -0.0, INF, -INF, NAN], [0.0, -0.0, 1, -1, NAN]),
    "erfinv": ([0.0, -0.0, 1.0, -1.0, 2.0, -2.0, NAN], [0.0, -0.0, INF, -INF, NAN, NAN, NAN]),
    "sqrt": ([0.0, -0.0, INF, -INF, NAN, -1.0], [0.0, -0.0, INF, NAN, NAN, NAN]),
    "sin": ([0.0, -0.0, INF, -INF, NAN], [0.0, -0.0, NAN, NAN, NAN]),
    "cos": ([0.0, -0.0, INF, -INF, NAN], [1, 1, NAN, NAN, NAN]),
    "tan": ([0.0, -0.0, INF, -INF, NAN], [0.0, -0.0, NAN, NAN, NAN]),
    "atan": ([0.0, -0.0, NAN], [0.0, -0.0, NAN]),
}
SPECIAL_POW = [
    (0.0, 0.0, 1), (NAN, 0.0, 1), (1.0, NAN, 1), (1.0, INF, 1), (-1.0, INF, 1), (-1.0, -INF, 1), (NAN, 1.0, NAN),
    (2.0, NAN, NAN), (0.0, 2.0, 0.0), (-0.0, 3.0, -0.0), (-0.0, 2.0, 0.0), (0.0, -1.0, INF), (-0.0, -1.0, -INF),
    (-0.0, -2.0, INF), (2.0, INF, INF), (0.5, INF, 0.0), (2.0, -INF, 0.0), (0.5, -INF, INF), (INF, 2.0, INF),
    (INF, -2.0, 0.0), (-INF, 3.0, -INF), (-INF, 2.0, INF), (-INF, -3.0, -0.0), (-2.0, 3.0, -8), (-2.0, 2.0, 4),
    (-2.0, 0.5, NAN), (-8.0, 1 / 3, NAN), (4.0, 0.5, 2), (2.0, -1.0, 0.5),
]


def rounded(exact, kind):
    """The value of `kind` closest to an exact number, overflow to infinity, denormals included."""
    with np.errstate(over="ignore"):
        near = kind(float(mpmath.nstr(exact, 40)))
    if not np.isfinite(near):
        near = np.copysign(np.finfo(kind).max, near)
        limit = mpmath.mpf(float(near)) * (1 + mpmath.mpf(float(np.finfo(kind).epsneg)) / 2)
        return kind(near) if abs(exact) < abs(limit) else kind(np.copysign(np.inf, near))
    candidates = [near, np.nextafter(near, kind(-np.inf)), np.nextafter(near, kind(np.inf))]
    finite = [c for c in candidates if np.isfinite(c)]
    return min(finite, key=lambda c: abs(exact - mpmath.mpf(float(c))))


def points(name, kind):
    """Where to look at a function: about 200 values of `kind`, ascending."""
    info = np.finfo(kind)
    tiny, huge = float(info.smallest_subnormal), float(info.max)
    spread = 10 ** np.linspace(np.log10(tiny * 3), np.log10(huge / 3), 60)
    inner = np.geomspace(1e-12, 1e2, 70)
    small = np.concatenate([np.geomspace(tiny * 3, 1e-3, 25), np.geomspace(1e-3, 1, 45)])
    top = float(np.log(info.max))
    bottom = float(mpmath.log(tiny))
    turns = 1e5 if kind is np.float32 else 1e15
    halves = np.arange(1, 16) * np.pi / 4
    near_one = np.concatenate([1 + np.geomspace(1e-12, 0.1, 15), 1 - np.geomspace(1e-12, 0.1, 15)])
    edges = [top - 1e-4, top * (1 + 1e-6), bottom]
    chosen = {
        "exp": signed(inner, small[:20]) + [*np.linspace(bottom - 2, top + 1, 60), *edges],
        "log": [*spread, *inner, *np.linspace(0.5, 1.5, 41), *near_one],
        "log1p": signed(small[:-1]) + [*spread[30:], *(-1 + np.geomspace(1e-6, 0.5, 20))],
        "expm1": signed(inner, small[:20]) + [*np.linspace(-45, top + 1, 30)],
        "tanh": signed(small, np.linspace(0.5, 22, 30)),
        "sigmoid": signed(inner) + [*np.linspace(bottom - 2, -bottom + 2, 60)],
        "erf": signed(small, np.linspace(0.4, 6.5, 30)),
        "erfinv": signed(small[:-1], 1 - np.geomspace(2.0 ** -(20 if kind is np.float32 else 48), 0.5, 30)),
        "sqrt": [*spread, *inner, *np.linspace(0, 100, 60)[1:], 2, 4, 9, 1e-300, 0.25],
        "sin": signed(small[::2], np.linspace(0.1, 20, 30), halves, np.geomspace(20, turns, 20)),
        "cos": signed(small[::2], np.linspace(0.1, 20, 30), halves, np.geomspace(20, turns, 20)),
        "tan": signed(small[::2], np.linspace(0.1, 20, 30), halves, np.geomspace(20, turns, 20)),
        "atan": signed(small, np.geomspace(1, huge / 10, 30)),
    }[name]
    with np.errstate(over="ignore"):
        values = np.unique(np.array(chosen).astype(kind))
    return values[np.isfinite(values) & (values != 0)]


def signed(*parts):
    values = np.concatenate(parts)
    return [*values, *-values]


def table(name, kind):
    x = points(name, kind)
    y = [rounded(FUNCTIONS[name](mpmath.mpf(float(value))), kind) for value in x]
    return {"x": x, "y": np.array(y)}


def pow_table(kind):
    rng = np.random.default_rng(5)
    limit = 30 if kind is np.float32 else 250
    pairs = [(10 ** rng.uniform(-3, 3), rng.uniform(-10, 10)) for _ in range(90)]
    pairs += [(10 ** rng.uniform(-limit, limit), rng.uniform(-1, 1)) for _ in range(40)]
    pairs += [(1 + rng.uniform(-1e-4, 1e-4), rng.uniform(-1e5, 1e5)) for _ in range(30)]
    pairs += [(-rng.uniform(0.1, 10), float(rng.integers(-12, 13))) for _ in range(30)]
    pairs += [(3.0, 200.0), (3.0, -200.0), (7.0, 500.0), (7.0, -500.0), (2.0, 10.0), (10.0, -3.0)]
    base, exponent = np.array(pairs).astype(kind).T
    y = [rounded(mpmath.power(mpmath.mpf(float(a)), mpmath.mpf(float(b))), kind) for a, b in zip(base, exponent)]
    return {"x": base, "exponent": exponent, "y": np.array(y)}


def check(tables):
    """NumPy agrees to a few units in the last place, where it has the function."""
    own = {name: getattr(np, name) for name in ("exp", "log", "log1p", "expm1", "tanh", "sqrt", "sin", "cos", "tan")}
    for name, function in {**own, "atan": np.arctan}.items():
        for kind, both in tables[name].items():
            with np.errstate(over="ignore", under="ignore"):
                got = function(both["x"])
            tiny = np.finfo(TYPES[kind]).smallest_subnormal
            assert np.allclose(got, both["y"], rtol=8 * np.finfo(TYPES[kind]).eps, atol=float(tiny)), (name, kind)
    x, y = np.array(SPECIAL_POW)[:, :2].T, np.array(SPECIAL_POW)[:, 2]
    with np.errstate(all="ignore"):
        assert np.array_equal(np.power(*x), y, equal_nan=True)


if __name__ == "__main__":
    tables = {name: {kind: table(name, TYPES[kind]) for kind in TYPES} for name in FUNCTIONS}
    check(tables)
    base, exponent, power = (list(column) for column in zip(*SPECIAL_POW))
    body = {
        "functions": tables,
        "pow": {kind: pow_table(TYPES[kind]) for kind in TYPES},
        "special": {
            **{name: {"x": x, "y": y} for name, (x, y) in SPECIAL.items()},
            "pow": {"x": base, "exponent": exponent, "y": power},
        },
    }
    write(__file__, ["numpy", "mpmath"], body)
