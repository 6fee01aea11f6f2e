/**
 * Compiled kernels of one machine, keyed by structure: the same expression over the same shape and strides is compiled
 * once, wherever in memory it runs.
 */
import { type Kernel, structureKey } from "@skein-ml/core";
import { type Exports, Module } from "../wasm/assembler.ts";
import { generateKernel } from "./generate.ts";

/** Kernels kept; the oldest goes first. Executables hold on to those they use. */
const LIMIT = 4000;

/** A compiled kernel: called with the byte addresses of its loads, then of its stores. */
export type KernelFunction = (...addresses: number[]) => void;

export class KernelCache {
  readonly #memory: WebAssembly.Memory;
  readonly #shared: boolean;
  readonly #kernels = new Map<string, KernelFunction>();

  constructor(memory: WebAssembly.Memory, shared: boolean) {
    this.#memory = memory;
    this.#shared = shared;
  }

  /** The code of a kernel, compiled if it is new. */
  get(kernel: Kernel): KernelFunction {
    const key = structureKey(kernel);
    const known = this.#kernels.get(key);
    if (known) return known;
    const made = this.#compile(kernel);
    const oldest = this.#kernels.keys().next().value;
    if (this.#kernels.size >= LIMIT && oldest !== undefined) this.#kernels.delete(oldest);
    this.#kernels.set(key, made);
    return made;
  }

  clear(): void {
    this.#kernels.clear();
  }

  #compile(kernel: Kernel): KernelFunction {
    const module = new Module({ shared: this.#shared });
    generateKernel(module, kernel);
    const { run } = module.instantiate(this.#memory) as Exports & { readonly run: KernelFunction };
    return run;
  }
}
