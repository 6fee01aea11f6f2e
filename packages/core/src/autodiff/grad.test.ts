/** Reverse mode for every primitive: against central differences, and against itself by inner products. */
import { describe, expect, test } from "vitest";
import { isFloat } from "../dtype.ts";
import { DTypeError, MachineError, ShapeError } from "../errors.ts";
import { add, mul } from "../ops/arithmetic.ts";
import { sum } from "../ops/reduce.ts";
import { stopGradient } from "../ops/stop-gradient.ts";
import { exp, tanh } from "../ops/transcendental.ts";
import { bind } from "../program/bind.ts";
import { jit } from "../program/jit.ts";
import type { Primitive } from "../program/primitive.ts";
import { RandomStream } from "../random/stream.ts";
import { hostDevice, tensor } from "../tensor/creation.ts";
import { scope } from "../tensor/scope.ts";
import { type Tensor, upload } from "../tensor/tensor.ts";
import { sampleElements } from "../testing/backend-suite.ts";
import { PRIMITIVES, type Sample } from "../testing/primitives.ts";
import { grad, valueAndGrad, vjp } from "./grad.ts";

/** Records whose derivative is not that of their values, on purpose. */
const CONSTANT_BY_INTENT = new Set(["stopGradient"]);

interface Checked {
  readonly x: Tensor[];
  f(x: readonly Tensor[]): Tensor[];
}

/** The sample as a function of its float arguments with float results. */
function asFunction(record: Primitive, sample: Sample): Checked {
  const inputs = sampleElements(sample, "float64").map((one) => upload(hostDevice(), one.data, one));
  return {
    x: inputs.filter((input) => isFloat(input.dtype)),
    f(args) {
      let next = 0;
      const all = inputs.map((input) => (isFloat(input.dtype) ? (args[next++] ?? input) : input));
      return bind(record, all, sample.params ?? {})
        .slice(0, sample.outputs)
        .filter((y) => isFloat(y.dtype));
    },
  };
}

function random(like: readonly Tensor[], seed: number): Tensor[] {
  const stream = new RandomStream(seed);
  return like.map(({ shape, size, dtype }) =>
    tensor(
      Float64Array.from({ length: size }, () => stream.normal()),
      { shape, dtype },
    ),
  );
}

function inner(a: readonly Tensor[], b: readonly Tensor[]): number {
  let total = 0;
  for (const [i, x] of a.entries()) {
    const other = b[i]?.data ?? [];
    for (const [j, value] of Array.from(x.data).entries()) total += value * (other[j] ?? 0);
  }
  return total;
}

/** `⟨(f(x + εt) - f(x - εt)) / 2ε, c⟩`. */
function centralDifference({ f, x }: Checked, t: readonly Tensor[], c: readonly Tensor[]): number {
  const epsilon = 1e-6;
  const moved = (by: number): number => inner(f(x.map((one, i) => add(one, mul(t[i] as Tensor, by)))), c);
  return (moved(epsilon) - moved(-epsilon)) / (2 * epsilon);
}

describe("reverse mode", () => {
  for (const [name, { record, samples }] of Object.entries(PRIMITIVES)) {
    if (CONSTANT_BY_INTENT.has(name)) continue;
    const smooth = samples.filter((sample) => sample.smooth !== false && sample.dtypes.includes("float64"));
    const checked = smooth.map((sample) => asFunction(record, sample)).filter(({ f, x }) => f(x).length > 0);
    if (checked.length === 0) continue;
    test(`${name} equals central differences`, () => {
      for (const [i, one] of checked.entries()) {
        const { values, pullback } = vjp(one.f, one.x);
        const c = random(values, 11 + i);
        const t = random(one.x, 23 + i);
        const wanted = centralDifference(one, t, c);
        const came = inner(pullback(c), t);
        expect(Math.abs(came - wanted), `sample ${i}: ${came} instead of ${wanted}`).toBeLessThan(
          1e-6 * Math.max(1, Math.abs(wanted)),
        );
      }
    });

    test(`${name}: ⟨J·t, c⟩ = ⟨t, Jᵀ·c⟩`, () => {
      for (const [i, one] of checked.entries()) {
        const { values, pullback } = vjp(one.f, one.x);
        const c = random(values, 31 + i);
        const t = random(one.x, 37 + i);
        // Jᵀc is linear in c, so its own pullback at t is J·t.
        const forward = vjp((cotangents) => pullback(cotangents), c).pullback(t);
        const [left, right] = [inner(forward, c), inner(t, pullback(c))];
        expect(Math.abs(left - right)).toBeLessThan(1e-9 * Math.max(1, Math.abs(right)));
      }
    });
  }
});

describe("grad", () => {
  test("of a derivative", () => {
    const cube = (x: Tensor): Tensor => sum(mul(x, mul(x, x)));
    const second = grad((x) => sum(grad(cube)(x)[0] as Tensor))(tensor([1, 2]))[0];
    expect(second?.toArray()).toEqual([6, 12]);
  });

  test("inside jit, and jit inside grad", () => {
    const f = (x: Tensor): Tensor => sum(tanh(mul(x, 2)));
    const x = tensor([0.1, -0.2]);
    const wanted = grad(f)(x)[0]?.toArray();
    expect(jit((a) => grad(f)(a))(x)[0]?.toArray()).toEqual(wanted);
    expect(grad((a) => jit((b) => [f(b)])(a)[0] as Tensor)(x)[0]?.toArray()).toEqual(wanted);
  });

  test("captured tensors are constants, unused arguments get zeros", () => {
    const factor = tensor([3, 4]);
    const [a, b] = grad((x, _y) => sum(mul(x, factor)))(tensor([1, 1]), tensor([5]));
    expect(a?.toArray()).toEqual([3, 4]);
    expect(b?.toArray()).toEqual([0]);
  });

  test("stopGradient makes a constant", () => {
    expect(grad((x) => sum(mul(x, stopGradient(x))))(tensor([3]))[0]?.toArray()).toEqual([3]);
  });

  test("gives value and gradient", () => {
    const { value, gradients } = valueAndGrad((x) => sum(exp(x)))(tensor([0, 0]));
    expect([value.item(), gradients[0]?.toArray()]).toEqual([2, [1, 1]]);
  });

  test("refuses what has no gradient", () => {
    expect(() => grad((x) => mul(x, 2))(tensor([1, 2]))).toThrow(ShapeError);
    expect(() => grad((x) => sum(x))(tensor([1], { dtype: "int32" }))).toThrow(DTypeError);
    expect(() => grad((x) => tensor([x.item()]))(tensor([1]))).toThrow(MachineError);
    expect(() => vjp(([x]) => [x as Tensor], [tensor([1, 2])]).pullback([tensor([1])])).toThrow(ShapeError);
  });

  test("leaves no memory behind inside a scope", () => {
    const x = tensor([1, 2, 3]);
    const before = hostDevice().liveBytes;
    const result = scope(() => grad((y) => sum(exp(mul(y, y))))(x));
    for (const one of result) one.dispose();
    expect(hostDevice().liveBytes).toBe(before);
  });
});
