/** What a function of tensors would give, without computing it. */
import type { Tensor, TensorType } from "../tensor/tensor.ts";
import { trace } from "./trace.ts";

/**
 * Shapes and dtypes of what `f` gives for inputs of given types: `f` runs on tensors without elements.
 *
 * @throws MachineError if `f` asks for elements
 * @example outputTypes(([x]) => [sum(x, { axis: 0 })], [{ shape: [2, 3], dtype: "float32" }])[0].shape // => [3]
 */
export function outputTypes(
  f: (inputs: readonly Tensor[]) => readonly Tensor[],
  inputs: readonly TensorType[],
): TensorType[] {
  const { values, outputs } = trace(inputs, f, "outputTypes");
  return outputs.map((id) => values[id] as TensorType);
}
