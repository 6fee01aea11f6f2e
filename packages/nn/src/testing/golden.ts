/** For tests: golden tensors as ours, gradients of a net by its weights, and comparison with a tolerance by dtype. */
import { cpu } from "@skein-ml/backend-cpu";
import {
  type Device,
  hostDevice,
  type Shape,
  type Tensor,
  type TypedArray,
  tensor,
  transpose,
  valueAndGrad,
  variableGradients,
} from "@skein-ml/core";
import { expect } from "vitest";
import { CallContext } from "../layers/call-context.ts";
import type { Layer } from "../layers/layer.ts";
import { collectWeights } from "../models/weights.ts";

/** A tensor of a golden file. */
export interface Golden {
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly data: readonly number[];
}

export type Float = "float32" | "float64";

/** The machines every numeric test runs on. */
export const machines: readonly (readonly [string, () => Device])[] = [
  ["host", hostDevice],
  ["cpu", cpu],
];
export const floats: readonly Float[] = ["float64", "float32"];
/** What the issue asks for. */
const tolerance: Readonly<Record<Float, number>> = { float64: 1e-9, float32: 1e-5 };

export function fromGolden({ shape, data }: Golden, dtype: Float | "int32", device?: Device): Tensor {
  return tensor([...data], { shape, dtype, ...(device && { device }) });
}

/** PyTorch's `weight [out, in]` as our kernel `[in, out]`. */
export function transposed(golden: Golden): Golden {
  const [rows = 1, columns = 1] = golden.shape;
  const turned = transpose(tensor([...golden.data], { shape: [rows, columns], dtype: "float64" }));
  return { shape: [columns, rows], dtype: golden.dtype, data: [...turned.data] };
}

/** `|a - b| ≤ tolerance · max(1, |b|)` everywhere, and the same shape. */
export function expectClose(actual: { shape: Shape; data: TypedArray }, wanted: Golden, dtype: Float): void {
  expect(actual.shape).toEqual(wanted.shape);
  const off = wanted.data.map(
    (value, i) => Math.abs((actual.data[i] ?? Number.NaN) - value) / Math.max(1, Math.abs(value)),
  );
  expect(Math.max(0, ...off.map((error) => (Number.isNaN(error) ? Number.POSITIVE_INFINITY : error)))).toBeLessThan(
    tolerance[dtype],
  );
}

export function expectNumber(actual: number | undefined, wanted: number, dtype: Float): void {
  expect(Math.abs((actual ?? Number.NaN) - wanted)).toBeLessThan(tolerance[dtype] * Math.max(1, Math.abs(wanted)));
}

/** Loss and gradients of a built net by its weights, in evaluation mode. */
export function weightGradients(
  net: Layer,
  loss: (context: CallContext) => Tensor,
  dtype: Float,
): { loss: number; gradients: Record<string, Tensor> } {
  const { weights } = collectWeights(net);
  const { values, gradients } = variableGradients(() => [loss(new CallContext({ training: false, dtype }))], {
    variables: [...weights.values()],
  });
  const named = [...weights.keys()].map((path, i) => [path, gradients[i] as Tensor]);
  return { loss: values[0]?.item() ?? Number.NaN, gradients: Object.fromEntries(named) };
}

/** Loss and gradient by one tensor. */
export function inputGradient(f: (x: Tensor) => Tensor, x: Tensor): { value: number; gradient: Tensor } {
  const { value, gradients } = valueAndGrad(f)(x);
  return { value: value.item(), gradient: gradients[0] as Tensor };
}
