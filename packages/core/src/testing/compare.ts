/** Tensors compared element by element, and errors with their class. Without a test framework, so that suites run in any. */
import type { DType, TypedArray } from "../dtype.ts";
import type { SkeinError } from "../errors.ts";
import type { Shape } from "../tensor/strides.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { must } from "./estimator-suite-expect.ts";
import { agrees, type Family } from "./tolerance.ts";

/** What a result should be. */
export interface Wanted {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly data: TypedArray;
}

/** Throws at the first element that does not agree. */
export async function mustAgree(came: Tensor, wanted: Wanted, family: Family): Promise<void> {
  mustBe(`${came.dtype}[${came.shape}]`, `${wanted.dtype}[${wanted.shape}]`, "the result");
  const data = await came.read();
  const at = data.findIndex((value, i) => !agrees(value, wanted.data[i] ?? Number.NaN, wanted.dtype, family));
  must(at < 0, `element ${at} is ${data[at]} instead of ${wanted.data[at]} (${wanted.dtype}, ${family})`);
}

/** Throws unless two values are the same. */
export function mustBe(came: unknown, wanted: unknown, what: string): void {
  must(Object.is(came, wanted), `${what} is ${String(came)} instead of ${String(wanted)}`);
}

/** Throws unless two arrays have the same elements. */
export function mustHold(came: TypedArray, wanted: TypedArray, what: string): void {
  mustBe(came.constructor.name, wanted.constructor.name, `the array of ${what}`);
  mustBe(came.join(), wanted.join(), what);
}

/** Throws unless `attempt` throws an error of the class. */
export function mustThrow(
  attempt: () => unknown,
  kind: abstract new (...parameters: never[]) => SkeinError,
  what: string,
): void {
  try {
    attempt();
  } catch (error) {
    must(error instanceof kind, `${what}: threw ${String(error)}, not a ${kind.name}`);
    return;
  }
  throw new Error(`${what}: was done, a ${kind.name} is wanted`);
}
