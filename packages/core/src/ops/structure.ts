/**
 * The primitives that move and gather elements without computing: reshape, transpose, broadcast, slice, padding, and the
 * sum over axes. They stand together because each is the adjoint of another. Checked public forms are in `views.ts`,
 * `assemble.ts` and `reduce.ts`.
 */
import { bindOne } from "../program/bind.ts";
import { type Layout, type Primitive, primitive } from "../program/primitive.ts";
import { contiguousStrides, reshapeStrides, type Shape, sameShape } from "../tensor/strides.ts";
import { stored, Tensor } from "../tensor/tensor.ts";

export const reshapePrimitive: Primitive<{ shape: Shape }> = primitive<{ shape: Shape }>({
  name: "reshape",
  outputs: ([x], { shape }) => [{ shape, dtype: x?.dtype ?? "float32" }],
  lowering: {
    kind: "view",
    layout({ shape: old, strides, offset }, { shape }) {
      const found = reshapeStrides(old, strides, shape);
      return found && { shape, strides: found, offset };
    },
  },
  derivative: ([g], [x]) => [g && typeof x === "object" ? reshapeTo(g, x.shape) : undefined],
});

export const transposePrimitive: Primitive<{ order: readonly number[] }> = primitive<{ order: readonly number[] }>({
  name: "transpose",
  outputs: ([x], { order }) => [{ shape: order.map((axis) => x?.shape[axis] ?? 1), dtype: x?.dtype ?? "float32" }],
  lowering: {
    kind: "view",
    layout: ({ shape, strides, offset }, { order }) => ({
      shape: order.map((axis) => shape[axis] ?? 1),
      strides: order.map((axis) => strides[axis] ?? 0),
      offset,
    }),
  },
  derivative: ([g], _inputs, _outputs, { order }) => [g && permute(g, inverse(order))],
});

export const broadcastPrimitive: Primitive<{ shape: Shape }> = primitive<{ shape: Shape }>({
  name: "broadcastTo",
  outputs: ([x], { shape }) => [{ shape, dtype: x?.dtype ?? "float32" }],
  lowering: {
    kind: "view",
    layout({ shape: old, strides, offset }, { shape }) {
      const added = shape.length - old.length;
      const stretched = shape.map((size, axis) => {
        const from = axis - added;
        return from < 0 || (old[from] === 1 && size !== 1) ? 0 : (strides[from] ?? 0);
      });
      return { shape, strides: stretched, offset };
    },
  },
  derivative: ([g], [x]) => [g && typeof x === "object" ? sumTo(g, x.shape) : undefined],
});

/** Per axis: where a slice starts, how many elements it takes, and how far they are apart (negative: backwards). */
export interface SliceParams {
  readonly starts: readonly number[];
  readonly sizes: readonly number[];
  readonly steps: readonly number[];
}

export const slicePrimitive: Primitive<SliceParams> = primitive<SliceParams>({
  name: "slice",
  outputs: ([x], { sizes }) => [{ shape: sizes, dtype: x?.dtype ?? "float32" }],
  lowering: { kind: "view", layout: sliceLayout },
  derivative: ([g], [x], _outputs, params) => [g && typeof x === "object" ? unslice(g, x.shape, params) : undefined],
});

function sliceLayout({ strides, offset }: Layout, { starts, sizes, steps }: SliceParams): Layout {
  let place = offset;
  starts.forEach((start, axis) => {
    if ((sizes[axis] ?? 0) > 0) place += start * (strides[axis] ?? 0);
  });
  return { shape: sizes, strides: strides.map((stride, axis) => stride * (steps[axis] ?? 1)), offset: place };
}

/** Zeros of `shape` with `g` at the elements a slice takes. */
function unslice(g: Tensor, shape: Shape, { starts, steps }: SliceParams): Tensor {
  const forward = takeSlice(g, {
    starts: steps.map((step, axis) => (step < 0 ? (g.shape[axis] ?? 1) - 1 : 0)),
    sizes: g.shape,
    steps: steps.map(Math.sign),
  });
  const first = starts.map((start, axis) => {
    const step = steps[axis] ?? 1;
    return step < 0 ? start + ((g.shape[axis] ?? 1) - 1) * step : start;
  });
  return padInto(forward, { shape, starts: first, steps: steps.map(Math.abs) });
}

/** Where padding puts the elements: element i of an axis goes to `starts + i·steps` in an axis of the new shape. */
export interface PadParams {
  readonly shape: Shape;
  readonly starts: readonly number[];
  /** At least 1. */
  readonly steps: readonly number[];
}

export const padPrimitive: Primitive<PadParams> = primitive<PadParams>({
  name: "pad",
  outputs: ([x], { shape }) => [{ shape, dtype: x?.dtype ?? "float32" }],
  lowering: {
    kind: "assemble",
    fill: 0,
    parts(_inputs, output, { starts, steps }) {
      const strides = contiguousStrides(output.shape);
      const offset = starts.reduce((sum, start, axis) => sum + start * (strides[axis] ?? 0), 0);
      return [{ input: 0, offset, strides: strides.map((stride, axis) => stride * (steps[axis] ?? 1)) }];
    },
  },
  derivative: ([g], [x], _outputs, { starts, steps }) => [
    g && typeof x === "object" ? takeSlice(g, { starts, sizes: x.shape, steps }) : undefined,
  ],
});

export const sumPrimitive: Primitive<{ axes: readonly number[] }> = primitive<{ axes: readonly number[] }>({
  name: "sum",
  outputs: ([x], { axes }) => [
    { shape: x?.shape.filter((_, axis) => !axes.includes(axis)) ?? [], dtype: x?.dtype ?? "float32" },
  ],
  lowering: { kind: "reduce", op: "sum", axes: ({ axes }) => axes },
  derivative: ([g], [x], _outputs, { axes }) => [g && typeof x === "object" ? spread(g, x.shape, axes) : undefined],
});

/** `x` in another shape of as many elements. */
export function reshapeTo(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : bindOne(reshapePrimitive, [x], { shape });
}

/** The axes of `x` in another order. */
export function permute(x: Tensor, order: readonly number[]): Tensor {
  return order.every((axis, i) => axis === i) ? x : bindOne(transposePrimitive, [x], { order });
}

/** `x` broadcast to `shape`. */
export function stretch(x: Tensor, shape: Shape): Tensor {
  return sameShape(x.shape, shape) ? x : bindOne(broadcastPrimitive, [x], { shape });
}

/** Two axes exchanged. */
export function exchange(x: Tensor, a: number, b: number): Tensor {
  return permute(
    x,
    x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis)),
  );
}

/** The elements a slice names. */
export function takeSlice(x: Tensor, params: SliceParams): Tensor {
  const whole = sameShape(params.sizes, x.shape) && params.steps.every((step) => step === 1);
  return whole ? x : bindOne(slicePrimitive, [x], params);
}

/** Zeros of a shape with `x` laid into them. */
export function padInto(x: Tensor, params: PadParams): Tensor {
  return bindOne(padPrimitive, [x], params);
}

/** Sum over axes, which go; none: `x` itself. */
export function sumAxes(x: Tensor, axes: readonly number[]): Tensor {
  return axes.length === 0 ? x : bindOne(sumPrimitive, [x], { axes });
}

/**
 * Another handle on the elements of `x`, which is disposed apart from it; a traced tensor itself.
 *
 * Operations that have nothing to do give this, not their argument: the caller may dispose what it gets.
 */
export function alias(x: Tensor): Tensor {
  if (x.source.kind === "traced") return x;
  const source = stored(x, "alias");
  return new Tensor(x, { ...source, storage: source.storage.hold() });
}

/** The result of an operation on `x`: an alias where the result is `x` itself. */
export function apart(x: Tensor, result: Tensor): Tensor {
  return result === x ? alias(x) : result;
}

/** A folded array stretched again over the axes that were folded away. */
export function spread(folded: Tensor, shape: Shape, axes: readonly number[]): Tensor {
  return stretch(
    reshapeTo(
      folded,
      shape.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    ),
    shape,
  );
}

/** Sum over the axes that broadcasting from `shape` stretched: the adjoint of `stretch`. */
function sumTo(x: Tensor, shape: Shape): Tensor {
  const added = x.rank - shape.length;
  const axes = x.shape.flatMap((size, axis) =>
    axis < added || (shape[axis - added] === 1 && size !== 1) ? [axis] : [],
  );
  return reshapeTo(sumAxes(x, axes), shape);
}

function inverse(order: readonly number[]): number[] {
  const result = new Array<number>(order.length).fill(0);
  order.forEach((axis, i) => {
    result[axis] = i;
  });
  return result;
}
