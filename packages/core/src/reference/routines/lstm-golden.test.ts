/** The reference LSTM against PyTorch: two layers, one and both directions, full and given lengths. */
import { describe, expect, test } from "vitest";
import golden from "../../../../../golden/nn/lstm.json" with { type: "json" };
import { newArray } from "../../dtype.ts";
import type { ReferenceView } from "../view.ts";
import { runReference } from "./table.ts";

const [BATCH, STEPS, HIDDEN] = [3, 5, 5];
const TOLERANCE = 1e-12;

interface GoldenArray {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}
type Arrays = Readonly<Record<string, GoldenArray>>;

function view(shape: readonly number[], elements: ArrayLike<number> = []): ReferenceView {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, n) => product * n, 1));
  const data = newArray(
    "float64",
    shape.reduce((product, n) => product * n, 1),
  );
  data.set(elements);
  return { dtype: "float64", shape, strides, offset: 0, data };
}

/** `[B, T, n]` and `[T, B, n]` into each other. */
function swapped({
  shape: [first = 0, second = 0, n = 0],
  data,
}: Pick<ReferenceView, "shape" | "data">): ReferenceView {
  const result = view([second, first, n]);
  data.forEach((value, i) => {
    const [row, column, at] = [Math.floor(i / (second * n)), Math.floor(i / n) % second, i % n];
    result.data[(column * first + row) * n + at] = value;
  });
  return result;
}

/** `x [.., k]` times `w [n, k]` transposed, or `w [k, n]` as it is. */
function product(x: ReferenceView, w: ReferenceView, transpose: boolean): ReferenceView {
  const [k, n] = transpose ? [w.shape[1]!, w.shape[0]!] : [w.shape[0]!, w.shape[1]!];
  const rows = x.data.length / k;
  const out = view([1, rows, n]);
  const right = { ...w, shape: [1, k, n], strides: transpose ? [0, 1, k] : [0, n, 1] };
  runReference({ name: "matmul", params: {} }, [{ ...x, shape: [1, rows, k], strides: [0, k, 1] }, right], [out]);
  return view([...x.shape.slice(0, -1), n], out.data);
}

/** One direction of one layer of a golden model. */
function direction(
  model: Arrays,
  state: { h0: GoldenArray; c0: GoldenArray },
  layer: number,
  reverse: boolean,
  index: number,
) {
  const suffix = `l${layer}${reverse ? "_reverse" : ""}`;
  const parameter = (name: string) => view(model[`${name}_${suffix}`]!.shape, model[`${name}_${suffix}`]!.data);
  const slice = (x: GoldenArray) =>
    view([BATCH, HIDDEN], x.data.slice(index * BATCH * HIDDEN, (index + 1) * BATCH * HIDDEN));
  const bias = parameter("bias_ih").data.map((b, i) => b + parameter("bias_hh").data[i]!);
  return {
    input: parameter("weight_ih"),
    recurrent: parameter("weight_hh"),
    bias,
    h0: slice(state.h0),
    c0: slice(state.c0),
    reverse,
  };
}

function forward(layer: ReturnType<typeof direction>, x: ReferenceView, lengths: ReferenceView) {
  const projected = product(x, layer.input, true);
  projected.data.forEach((value, i) => {
    projected.data[i] = value + layer.bias[i % (4 * HIDDEN)]!;
  });
  const sequence = view([STEPS, BATCH, HIDDEN]);
  const results = [
    sequence,
    view([BATCH, HIDDEN]),
    view([BATCH, HIDDEN]),
    view([STEPS, BATCH, 4 * HIDDEN]),
    view(sequence.shape),
  ];
  const call = { name: "lstm", params: { reverse: layer.reverse } } as const;
  runReference(call, [projected, layer.recurrent, layer.h0, layer.c0, lengths], results);
  return results as [ReferenceView, ReferenceView, ReferenceView, ReferenceView, ReferenceView];
}

function joined(parts: readonly ReferenceView[]): ReferenceView {
  const width = parts.length * HIDDEN;
  const out = view([STEPS, BATCH, width]);
  parts.forEach((part, p) =>
    part.data.forEach((value, i) => {
      out.data[Math.floor(i / HIDDEN) * width + p * HIDDEN + (i % HIDDEN)] = value;
    }),
  );
  return out;
}

function close(found: ArrayLike<number>, expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(Math.abs(found[i]! - value)).toBeLessThan(TOLERANCE));
}

describe.each(golden.cases)("$name", ({ bidirectional, lengths, model, float64 }) => {
  const given = golden.models[model as keyof typeof golden.models];
  const cotangents = given.cotangents;
  const ends = { ...view([BATCH], lengths ?? Array(BATCH).fill(STEPS)), dtype: "int32" } as const;
  const directions = bidirectional ? [false, true] : [false];
  const layers = [0, 1].map((layer) =>
    directions.map((reverse, d) =>
      direction(given.parameters as Arrays, given, layer, reverse, layer * directions.length + d),
    ),
  );
  const x0 = swapped(view(golden.x.shape, golden.x.data));
  const first = layers[0]!.map((layer) => forward(layer, x0, ends));
  const x1 = joined(first.map(([outputs]) => outputs));
  const second = layers[1]!.map((layer) => forward(layer, x1, ends));
  const all = [...first, ...second];

  test("outputs and last state", () => {
    close(swapped(joined(second.map(([outputs]) => outputs))).data, float64.output.data);
    close(
      all.flatMap(([, hN]) => Array.from(hN.data)),
      float64.hN.data,
    );
    close(
      all.flatMap(([, , cN]) => Array.from(cN.data)),
      float64.cN.data,
    );
  });

  /** Gradients of one layer's projections, first state and input, from those of its outputs. */
  function backward(layer: number, gOutputs: ReferenceView) {
    const parts = layers[layer]!.map((cell, d) => {
      const index = layer * directions.length + d;
      const own = joinedPart(gOutputs, d);
      const state = (x: GoldenArray) =>
        view([BATCH, HIDDEN], x.data.slice(index * BATCH * HIDDEN, (index + 1) * BATCH * HIDDEN));
      const [, , , gates, cells] = all[index]!;
      const gradients = [view([STEPS, BATCH, 4 * HIDDEN]), view([BATCH, HIDDEN]), view([BATCH, HIDDEN])] as const;
      runReference(
        { name: "lstmBackward", params: { reverse: cell.reverse } },
        [own, state(cotangents.hN), state(cotangents.cN), cell.recurrent, cell.c0, ends, gates, cells],
        gradients,
      );
      return { gradients, gInput: product(gradients[0], cell.input, false) };
    });
    const gInput = parts[0]!.gInput;
    for (const part of parts.slice(1)) part.gInput.data.forEach((value, i) => (gInput.data[i]! += value));
    return { gInput, gradients: parts.map((part) => part.gradients) };
  }

  function joinedPart(x: ReferenceView, d: number): ReferenceView {
    const width = directions.length * HIDDEN;
    const part = view([STEPS, BATCH, HIDDEN]);
    for (let i = 0; i < part.data.length; i++)
      part.data[i] = x.data[Math.floor(i / HIDDEN) * width + d * HIDDEN + (i % HIDDEN)]!;
    return part;
  }

  test("gradients of the input, the first state and the biases", () => {
    const top = backward(1, swapped(view(cotangents.output.shape, cotangents.output.data)));
    const bottom = backward(0, top.gInput);
    close(swapped(bottom.gInput).data, float64.gradients.x.data);
    const gradients = [...bottom.gradients, ...top.gradients];
    close(
      gradients.flatMap(([, gH0]) => Array.from(gH0.data)),
      float64.gradients.h0.data,
    );
    close(
      gradients.flatMap(([, , gC0]) => Array.from(gC0.data)),
      float64.gradients.c0.data,
    );
    const biases = gradients.map(([gProjected]) => {
      const sums = new Float64Array(4 * HIDDEN);
      gProjected.data.forEach((value, i) => (sums[i % (4 * HIDDEN)]! += value));
      return Array.from(sums);
    });
    close(biases[0]!, float64.gradients.bias_ih_l0.data);
    close(biases[directions.length]!, float64.gradients.bias_ih_l1.data);
  });
});
