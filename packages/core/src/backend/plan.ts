/**
 * A plan: what a machine is given to compile. A list of steps over a table of buffers; all shapes are fixed.
 */
import type { DType } from "../dtype.ts";
import type { Kernel } from "./kernel.ts";
import type { RoutineCall } from "./routines.ts";

/** A place in a buffer: `buffer` is a position in `Plan.buffers`, `offset` counts elements. */
export interface Place {
  readonly buffer: number;
  readonly offset: number;
}

/** A strided array in a buffer. Strides count elements; 0 repeats. */
export interface View extends Place {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

export interface KernelStep {
  readonly kind: "kernel";
  readonly kernel: Kernel;
  /** One place for each load and store of the kernel. */
  readonly loads: readonly Place[];
  readonly stores: readonly Place[];
}

/** A named routine. Inputs are contiguous, save those the routine's record calls strided; outputs are contiguous. */
export interface RoutineStep {
  readonly kind: "routine";
  readonly call: RoutineCall;
  readonly inputs: readonly View[];
  readonly outputs: readonly View[];
}

export type Step = KernelStep | RoutineStep;

/** A buffer of the table: the machine is handed one of at least this size for each when the plan is bound. */
export interface PlanBuffer {
  readonly dtype: DType;
  readonly size: number;
}

export interface Plan {
  readonly buffers: readonly PlanBuffer[];
  readonly steps: readonly Step[];
}
