/**
 * The CPU machine: core's `Backend` on one WebAssembly memory. Work is done at once, in the calling thread; `read` is a
 * promise only because the contract has one.
 */
import {
  type Backend,
  type BackendBuffer,
  type DType,
  type Executable,
  MachineError,
  type Plan,
  type Step,
  type TypedArray,
} from "@skein-ml/core";
import { compilePlan, lacks, ownBuffer, type Workshop } from "./executable.ts";
import { KernelCache } from "./kernel/cache.ts";
import { CpuBuffer, CpuMemory, type MemoryOptions } from "./memory.ts";
import type { RoutineContext } from "./routine.ts";
import { type Exports, Module } from "./wasm/assembler.ts";

export class CpuMachine implements Backend {
  readonly name = "cpu";
  readonly memory: CpuMemory;
  readonly #kernels: KernelCache;
  readonly #workshop: Workshop;
  #open = true;

  constructor(options: MemoryOptions) {
    this.memory = new CpuMemory(options);
    this.#kernels = new KernelCache(this.memory.wasm, this.memory.shared);
    this.#workshop = {
      memory: this.memory,
      kernels: this.#kernels,
      routines: new RoutineRoom(this.memory),
      checkOpen: (call) => this.#checkOpen(call),
    };
  }

  alloc(dtype: DType, size: number): CpuBuffer {
    this.#checkOpen("alloc");
    return new CpuBuffer(this.memory, dtype, size);
  }

  free(buffer: BackendBuffer): void {
    const { address, bytes } = this.#own("free", buffer);
    this.memory.release(address, bytes);
  }

  write(buffer: BackendBuffer, data: TypedArray, offset: number): void {
    this.#own("write", buffer).view().set(data, offset);
  }

  async read(buffer: BackendBuffer, offset: number, size: number): Promise<TypedArray> {
    return this.#own("read", buffer)
      .view()
      .slice(offset, offset + size);
  }

  view(buffer: BackendBuffer): TypedArray {
    return this.#own("view", buffer).view();
  }

  lacks(step: Step): string | undefined {
    return lacks(step);
  }

  compile(plan: Plan): Executable {
    this.#checkOpen("compile");
    return compilePlan(plan, this.#workshop);
  }

  /** The memory itself goes when the last view of it is collected. */
  close(): void {
    this.#open = false;
    this.#kernels.clear();
  }

  #own(call: string, buffer: BackendBuffer): CpuBuffer {
    this.#checkOpen(call);
    return ownBuffer(call, buffer, this.memory);
  }

  #checkOpen(call: string): void {
    if (!this.#open) throw new MachineError(call, "the machine cpu was closed", {}, "Open a new one with openCpu().");
  }
}

/** Modules and work space of the routines of one machine. */
class RoutineRoom implements RoutineContext {
  readonly #memory: CpuMemory;
  readonly #modules = new Map<string, Exports>();
  #scratch = { address: 0, bytes: 0 };

  constructor(memory: CpuMemory) {
    this.#memory = memory;
  }

  module(key: string, build: (module: Module) => void): Exports {
    const known = this.#modules.get(key);
    if (known) return known;
    const module = new Module({ shared: this.#memory.shared });
    build(module);
    const made = module.instantiate(this.#memory.wasm);
    this.#modules.set(key, made);
    return made;
  }

  reserveScratch(bytes: number): void {
    if (bytes <= this.#scratch.bytes) return;
    const address = this.#memory.allocate(bytes);
    if (this.#scratch.bytes > 0) this.#memory.release(this.#scratch.address, this.#scratch.bytes);
    this.#scratch = { address, bytes };
  }

  scratch(): number {
    return this.#scratch.address;
  }

  view(dtype: DType, address: number, size: number): TypedArray {
    return this.#memory.view(dtype, address, size);
  }
}
