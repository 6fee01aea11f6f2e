/** Copies of variables, to go back to. */
import type { TypedArray, Variable } from "@skein-ml/core";

/** The values that variables have now. */
export class Snapshot {
  readonly #values: readonly (readonly [Variable, TypedArray])[];

  private constructor(values: readonly (readonly [Variable, TypedArray])[]) {
    this.#values = values;
  }

  static async of(variables: readonly Variable[]): Promise<Snapshot> {
    return new Snapshot(
      await Promise.all(variables.map(async (variable) => [variable, await variable.read()] as const)),
    );
  }

  /** Give the variables these values again. */
  restore(): void {
    for (const [variable, value] of this.#values) variable.set(value);
  }
}
