/** Which machine to use. */
import { cpu } from "@skein-ml/backend-cpu";
import type { Device } from "@skein-ml/core";

/**
 * The fastest machine that this computer has: for now always the embedded CPU machine, `cpu()`.
 *
 * @example const net = model.compile({ loss: "meanSquaredError", device: await bestDevice() });
 */
export async function bestDevice(): Promise<Device> {
  return cpu();
}
