/**
 * Skein's embedded machine: WebAssembly SIMD, written at run time from TypeScript. Works wherever WebAssembly does.
 */
import { Device, OptionError } from "@skein-ml/core";
import { CpuMachine } from "./machine.ts";
import type { MemoryOptions } from "./memory.ts";

/** Options of `openCpu`. */
export interface CpuOptions {
  /** Most memory the machine may take, in MiB; 1 to 4096. Default 4096 */
  readonly limitMiB?: number;
  /**
   * Whether the memory can be shared with threads and native kernels. Default: where the host has `SharedArrayBuffer`
   * (Node always; browsers on pages with COOP and COEP headers)
   */
  readonly shared?: boolean;
}

const MOST_MIB = 4096;

/**
 * A new CPU machine with its own memory. Close it (`device.close()`) when it is no longer needed.
 *
 * @throws OptionError   for an unknown option, or one out of range
 * @throws MachineError  if the host gives no memory
 * @example const device = openCpu({ limitMiB: 512 });
 */
export function openCpu(options: CpuOptions = {}): Device {
  return new Device(new CpuMachine(checkedOptions(options)));
}

/**
 * The process's own CPU machine, made at the first call: what estimators run on unless they are told otherwise.
 *
 * @example const x = tensor([1, 2, 3], { device: cpu() });
 */
export function cpu(): Device {
  if (!common || common.closed) common = new Device(new CpuMachine(checkedOptions({})));
  return common;
}

/** The one slot of module state here, a cache: the machine that `cpu()` made. */
let common: Device | undefined;

function checkedOptions(options: CpuOptions): MemoryOptions {
  const known = ["limitMiB", "shared"];
  for (const name of Object.keys(options)) {
    if (known.includes(name)) continue;
    throw new OptionError("openCpu", `unknown option ${name}`, { known }, "Check the spelling.");
  }
  const available = typeof SharedArrayBuffer !== "undefined";
  const { limitMiB = MOST_MIB, shared = available } = options;
  if (typeof limitMiB !== "number" || !(limitMiB >= 1 && limitMiB <= MOST_MIB)) {
    throw new OptionError("openCpu", "limitMiB must be a number from 1 to 4096", { limitMiB });
  }
  if (typeof shared !== "boolean") throw new OptionError("openCpu", "shared must be true or false", { shared });
  if (shared && !available) {
    const repair = "Serve the page with COOP and COEP headers, or leave the option out.";
    throw new OptionError(
      "openCpu",
      "shared memory isn't there: the host has no SharedArrayBuffer",
      { shared },
      repair,
    );
  }
  return { limitBytes: limitMiB * 2 ** 20, shared };
}
