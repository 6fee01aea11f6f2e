import { describe, expect, test } from "vitest";
import { newArray } from "../../dtype.ts";
import { sigmoid } from "../special.ts";
import type { ReferenceView } from "../view.ts";
import { runReference } from "./table.ts";

const [STEPS, BATCH, HIDDEN] = [4, 3, 2];
/** The full length, a shorter one, and an empty sequence. */
const LENGTHS = [4, 2, 0];

function filled(shape: readonly number[], element: (i: number) => number): ReferenceView {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const data = newArray(
    "float64",
    shape.reduce((product, n) => product * n, 1),
  );
  return { dtype: "float64", shape, strides, offset: 0, data: data.map((_, i) => element(i)) };
}

const zeros = (...shape: number[]) => filled(shape, () => 0);
const wavy = (phase: number, ...shape: number[]) => filled(shape, (i) => Math.sin(1.7 * i + phase));

interface Inputs {
  projected: ReferenceView;
  recurrent: ReferenceView;
  h0: ReferenceView;
  c0: ReferenceView;
}

const inputs = (): Inputs => ({
  projected: wavy(0, STEPS, BATCH, 4 * HIDDEN),
  recurrent: wavy(1, 4 * HIDDEN, HIDDEN),
  h0: wavy(2, BATCH, HIDDEN),
  c0: wavy(3, BATCH, HIDDEN),
});
const lengths = { ...filled([BATCH], (i) => LENGTHS[i] ?? 0), dtype: "int32" as const };

function forward({ projected, recurrent, h0, c0 }: Inputs, reverse: boolean) {
  const outputs = zeros(STEPS, BATCH, HIDDEN);
  const [hN, cN] = [zeros(BATCH, HIDDEN), zeros(BATCH, HIDDEN)];
  const [gates, cells] = [zeros(STEPS, BATCH, 4 * HIDDEN), zeros(STEPS, BATCH, HIDDEN)];
  const call = { name: "lstm", params: { reverse } } as const;
  runReference(call, [projected, recurrent, h0, c0, lengths], [outputs, hN, cN, gates, cells]);
  return { outputs, hN, cN, gates, cells };
}

const dot = (x: ReferenceView, y: ReferenceView) =>
  Array.from(x.data).reduce((sum, value, i) => sum + value * (y.data[i] ?? 0), 0);

describe.each([false, true])("lstm, reverse %s", (reverse) => {
  test("one unit, one step: the formulas as they are written", () => {
    const one = (...elements: number[]) => filled([1, 1, elements.length], (i) => elements[i] ?? 0);
    const results = [one(0), one(0), one(0), one(0, 0, 0, 0), one(0)];
    const given = [one(0.1, 0.2, 0.3, 0.4), one(1, 2, 3, 4), one(0.5), one(-1), one(1)];
    runReference({ name: "lstm", params: { reverse } }, given, results);
    const gates = [sigmoid(0.6), sigmoid(1.2), Math.tanh(1.8), sigmoid(2.4)] as const;
    const c = -gates[1] + gates[0] * gates[2];
    const h = gates[3] * Math.tanh(c);
    const expected = [h, h, c, ...gates, c];
    results.flatMap((x) => Array.from(x.data)).forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 14));
  });

  test("inactive steps keep the state, and put zeros out", () => {
    const given = inputs();
    const { outputs, hN, cN, gates, cells } = forward(given, reverse);
    const last = reverse ? 0 : 1;
    const shortRow = (t: number) =>
      Array.from(outputs.data.subarray((t * BATCH + 1) * HIDDEN, (t * BATCH + 2) * HIDDEN));
    expect(Array.from(hN.data.subarray(HIDDEN, 2 * HIDDEN))).toEqual(shortRow(last));
    expect([...shortRow(2), ...shortRow(3)]).toEqual([0, 0, 0, 0]);
    expect(Array.from(hN.data.subarray(2 * HIDDEN))).toEqual(Array.from(given.h0.data.subarray(2 * HIDDEN)));
    expect(Array.from(cN.data.subarray(2 * HIDDEN))).toEqual(Array.from(given.c0.data.subarray(2 * HIDDEN)));
    const emptyRow = (x: ReferenceView, t: number, width: number) =>
      x.data.subarray((t * BATCH + 2) * width, (t * BATCH + 3) * width);
    expect(Array.from(emptyRow(gates, 0, 4 * HIDDEN)).every((value) => value === 0)).toBe(true);
    expect(Array.from(emptyRow(cells, 0, HIDDEN))).toEqual([0, 0]);
  });

  test("lstmBackward is the derivative of lstm, by central differences", () => {
    const given = inputs();
    const weights = { outputs: wavy(4, STEPS, BATCH, HIDDEN), hN: wavy(5, BATCH, HIDDEN), cN: wavy(6, BATCH, HIDDEN) };
    const loss = (x: Inputs) => {
      const { outputs, hN, cN } = forward(x, reverse);
      return dot(outputs, weights.outputs) + dot(hN, weights.hN) + dot(cN, weights.cN);
    };
    const { gates, cells } = forward(given, reverse);
    const gradients = {
      projected: zeros(STEPS, BATCH, 4 * HIDDEN),
      h0: zeros(BATCH, HIDDEN),
      c0: zeros(BATCH, HIDDEN),
    };
    runReference(
      { name: "lstmBackward", params: { reverse } },
      [weights.outputs, weights.hN, weights.cN, given.recurrent, given.c0, lengths, gates, cells],
      [gradients.projected, gradients.h0, gradients.c0],
    );
    for (const name of ["projected", "h0", "c0"] as const) {
      gradients[name].data.forEach((gradient, i) => {
        const at = (step: number) => {
          const data = given[name].data.slice();
          data[i] = (data[i] ?? 0) + step;
          return loss({ ...given, [name]: { ...given[name], data } });
        };
        expect(gradient).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 8);
      });
    }
  });
});
