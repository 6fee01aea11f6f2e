/** One run of a compiled plan on memory that is taken for it and, save the results, given back. */
import type { Executable } from "../backend/backend.ts";
import type { Device, Storage } from "../backend/device.ts";
import type { Plan } from "../backend/plan.ts";
import { sizeOf } from "../tensor/strides.ts";
import type { TensorType } from "../tensor/tensor.ts";

/**
 * Run a plan whose buffers are `given`, then the outputs, then temporaries.
 * @returns  the outputs, held by the caller; after an error nothing is left behind
 */
export function runOnce(
  device: Device,
  { plan, executable }: { readonly plan: Plan; readonly executable: Executable },
  { given, outputs }: { readonly given: readonly Storage[]; readonly outputs: readonly TensorType[] },
): Storage[] {
  const taken: Storage[] = [];
  let kept = 0;
  try {
    for (const { dtype, shape } of outputs) taken.push(device.alloc(dtype, sizeOf(shape)));
    const temporaries = plan.buffers.slice(given.length + outputs.length);
    for (const { dtype, size } of temporaries) taken.push(device.alloc(dtype, size));
    executable.bind([...given, ...taken].map((storage) => storage.buffer)).run();
    kept = outputs.length;
    return taken.slice(0, kept);
  } finally {
    for (const storage of taken.slice(kept)) storage.release();
  }
}
