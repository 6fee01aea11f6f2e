/** Which machine to use. */
import { cpu } from "@skein-ml/backend-cpu";
import type { Device } from "@skein-ml/core";

/**
 * The fastest machine that this computer has: for now always the embedded CPU machine, `cpu()`.
 *
 * @example
 * const x = tensor([1, 2, 3], { device: await bestDevice() });
 * sum(x).item() // => 6
 */
export async function bestDevice(): Promise<Device> {
  return cpu();
}
