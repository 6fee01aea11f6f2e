/** Tensors compared element by element. */
import { expect } from "vitest";
import type { DType, TypedArray } from "../dtype.ts";
import type { Shape } from "../tensor/strides.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { agrees, type Family } from "./tolerance.ts";

/** What a result should be. */
export interface Wanted {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** Fails with the first element that does not agree. */
export async function expectAgreement(came: Tensor, wanted: Wanted, family: Family): Promise<void> {
  expect([came.dtype, came.shape]).toEqual([wanted.dtype, wanted.shape]);
  const data = await came.read();
  const at = data.findIndex((value, i) => !agrees(value, wanted.data[i] ?? Number.NaN, wanted.dtype, family));
  if (at >= 0) expect.fail(`element ${at} is ${data[at]} instead of ${wanted.data[at]} (${wanted.dtype}, ${family})`);
}
