/**
 * Sums that grow from step to step in the machine's memory, so that losses need not be read after every step. Each sum
 * carries the digits that addition loses along, so that float32 sums of a hundred thousand steps keep six digits.
 */
import { add, type Device, type DType, sub, type Tensor, tensor, Variable } from "@skein-ml/core";

export class Totals {
  readonly #sum: Variable;
  readonly #lost: Variable;

  /** @param size  how many sums */
  constructor(size: number, dtype: DType, device: Device) {
    using blank = tensor(new Float64Array(size), { dtype, device });
    this.#sum = new Variable(blank, { name: "totals.sum", trainable: false });
    this.#lost = new Variable(blank, { name: "totals.lost", trainable: false });
  }

  get variables(): Variable[] {
    return [this.#sum, this.#lost];
  }

  /**
   * Add to the sums, inside a recorded program.
   * @source Knuth, volume 2, section 4.2.2, theorem B (TwoSum)
   */
  add(values: Tensor): void {
    const before = this.#sum.value;
    const after = add(before, values);
    const taken = sub(after, before);
    const error = add(sub(before, sub(after, taken)), sub(values, taken));
    this.#lost.assign(add(this.#lost.value, error));
    this.#sum.assign(after);
  }

  reset(): void {
    for (const variable of this.variables) variable.set(new Float64Array(variable.shape[0] ?? 0));
  }

  async read(): Promise<number[]> {
    const [sum, lost] = await Promise.all([this.#sum.read(), this.#lost.read()]);
    return Array.from(sum, (value, i) => value + (lost[i] ?? 0));
  }

  dispose(): void {
    for (const variable of this.variables) variable.dispose();
  }
}
