"""Counter-based random numbers: Threefry-2x32 with 20 rounds, used as JAX uses it (jax_threefry_partitionable=True).

Structure of threefry.json (all integers unsigned 32-bit):

    block       list of { counter: [a, b], key: [a, b], output: [a, b] }: the first three are the known answers
                published with Random123, the others JAX's
    seeds       list of { seed, key: [a, b] }: the 64 bits of the seed, high word first (two's complement)
    split       list of { key, count, keys: [[a, b], ...] }: keys[i] = block(counter (0, i), key)
    foldIn      list of { key, data, folded: [a, b] } = block(counter (0, data), key)
    bits        list of { key, shape, data }: element i (row-major) is a ^ b of (a, b) = block(counter (0, i), key);
                beyond 2^32 elements the counter's first word is the high half of i
    long        { key, count, at: [element numbers], bits, uniform32, uniform64, normal32: the values there,
                xor: of all the bits, sum: of all the bits modulo 2^32 }
    uniform     list of { key, dtype, shape, low, high, data: tensor data }
    normal      list of { key, dtype, shape, data }
    bernoulli   list of { key, p, shape, data }: uniform float32 < p (p rounded to float32)

uniform float32 in [0, 1): the upper 23 bits of an element's 32 as the fraction of a float in [1, 2), less 1. float64:
the upper 52 of 64 bits, where the 64 bits are a * 2^32 + b. In [low, high): max(low, u * (high - low) + low), computed
in the dtype. normal: sqrt(2) erfinv(u), u uniform in (-1, 1), that is low = nextafter(-1, 0): equal to a few units in
the last place only, as erfinv differs between libraries.
"""

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.random import threefry_2x32
from scipy.special import erfinv

from writing import write

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_threefry_partitionable", True)

KNOWN = [
    ([0, 0], [0, 0], [0x6B200159, 0x99BA4EFE]),
    ([0xFFFFFFFF, 0xFFFFFFFF], [0xFFFFFFFF, 0xFFFFFFFF], [0x1CB996FC, 0xBB002BE7]),
    ([0x243F6A88, 0x85A308D3], [0x13198A2E, 0x03707344], [0xC4923A9C, 0x483DF7A0]),
]
SEEDS = [0, 1, 42, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**40 + 12345, 2**53 - 1, -1]
SHAPES = [[7], [2, 3], [], [1, 4, 2], [0]]
AT = [0, 1, 2, 4095, 65535, 65536, 99999, 100000]
COUNT = 100_001


def words(values):
    return np.asarray(values, dtype=np.uint32).tolist()


def block(counter, key):
    return words(threefry_2x32(jnp.array(key, jnp.uint32), jnp.array(counter, jnp.uint32)))


def key_of(seed):
    return jax.random.key(seed, impl="threefry2x32")


def data_of(key):
    return words(jax.random.key_data(key))


def blocks():
    for counter, key, output in KNOWN:
        assert block(counter, key) == output
        yield {"counter": counter, "key": key, "output": output}
    for counter, key in (([0, 1], [0, 42]), ([1, 0], [0, 42]), ([7, 9], [123456789, 987654321])):
        yield {"counter": counter, "key": key, "output": block(counter, key)}


def seeds():
    for seed in SEEDS:
        key = data_of(key_of(seed))
        assert key == [(seed >> 32) & 0xFFFFFFFF, seed & 0xFFFFFFFF]
        yield {"seed": seed, "key": key}


def splits():
    for seed, count in ((0, 2), (42, 3), (2**40 + 12345, 5)):
        key = key_of(seed)
        keys = words(jax.random.key_data(jax.random.split(key, count)))
        assert keys == [block([0, i], data_of(key)) for i in range(count)]
        yield {"key": data_of(key), "count": count, "keys": keys}


def folds():
    for seed, data in ((0, 0), (42, 1), (42, 2**31), (7, 2**32 - 1)):
        key = key_of(seed)
        folded = data_of(jax.random.fold_in(key, np.uint32(data)))
        assert folded == block([0, data], data_of(key))
        yield {"key": data_of(key), "data": data, "folded": folded}


def bits():
    for seed in (0, 42):
        for shape in SHAPES:
            key = key_of(seed)
            drawn = np.asarray(jax.random.bits(key, shape, jnp.uint32))
            by_hand = [a ^ b for a, b in (block([0, i], data_of(key)) for i in range(drawn.size))]
            assert drawn.ravel().tolist() == by_hand
            yield {"key": data_of(key), "shape": shape, "data": by_hand}


def long():
    key = key_of(42)
    drawn = np.asarray(jax.random.bits(key, (COUNT,), jnp.uint32))
    at = np.array(AT)
    return {
        "key": data_of(key),
        "count": COUNT,
        "at": AT,
        "bits": drawn[at],
        "uniform32": np.asarray(jax.random.uniform(key, (COUNT,), jnp.float32))[at],
        "uniform64": np.asarray(jax.random.uniform(key, (COUNT,), jnp.float64))[at],
        "normal32": np.asarray(jax.random.normal(key, (COUNT,), jnp.float32))[at],
        "xor": int(np.bitwise_xor.reduce(drawn)),
        "sum": int(drawn.sum(dtype=np.uint64) % 2**32),
    }


def uniforms():
    for seed in (0, 42):
        for dtype in ("float32", "float64"):
            for shape, low, high in (([7], 0, 1), ([2, 3], 0, 1), ([8], -1, 1), ([5], -0.05, 0.05), ([4], 10, 1000)):
                drawn = jax.random.uniform(key_of(seed), shape, jnp.dtype(dtype), minval=low, maxval=high)
                if (low, high) == (0, 1):
                    check_uniform(key_of(seed), dtype, np.asarray(drawn).ravel())
                yield record(seed, dtype, shape, drawn, low=low, high=high)


def check_uniform(key, dtype, drawn):
    """The bits as the docstring says."""
    for i, value in enumerate(drawn):
        a, b = block([0, i], data_of(key))
        expected = ((a ^ b) >> 9) / 2**23 if dtype == "float32" else (((a << 32) | b) >> 12) / 2**52
        assert value == expected


def normals():
    for seed in (0, 42):
        for dtype in ("float32", "float64"):
            for shape in ([9], [2, 3]):
                drawn = jax.random.normal(key_of(seed), shape, jnp.dtype(dtype))
                low = np.nextafter(np.dtype(dtype).type(-1), np.dtype(dtype).type(0))
                u = np.asarray(jax.random.uniform(key_of(seed), shape, jnp.dtype(dtype), minval=low, maxval=1))
                exact = np.sqrt(2) * erfinv(u.astype(np.float64))
                assert np.allclose(drawn, exact, rtol=2e-6 if dtype == "float32" else 1e-13, atol=0)
                yield record(seed, dtype, shape, drawn)


def record(seed, dtype, shape, drawn, **more):
    return {"key": data_of(key_of(seed)), "dtype": dtype, "shape": shape, **more, "data": np.asarray(drawn).ravel()}


def bernoullis():
    for seed, p in ((0, 0.5), (42, 0.3), (42, 0.0), (42, 1.0)):
        drawn = jax.random.bernoulli(key_of(seed), np.float32(p), (20,))
        uniform = jax.random.uniform(key_of(seed), (20,), jnp.float32)
        assert np.array_equal(drawn, uniform < np.float32(p))
        yield {"key": data_of(key_of(seed)), "p": p, "shape": [20], "data": np.asarray(drawn)}


if __name__ == "__main__":
    body = {
        "block": list(blocks()),
        "seeds": list(seeds()),
        "split": list(splits()),
        "foldIn": list(folds()),
        "bits": list(bits()),
        "long": long(),
        "uniform": list(uniforms()),
        "normal": list(normals()),
        "bernoulli": list(bernoullis()),
    }
    write(__file__, ["numpy", "scipy", "jax", "jaxlib"], body)
