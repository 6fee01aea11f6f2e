/**
 * The table of hand-made routines of this machine.
 */
import type { RoutineName } from "@skein-ml/core";
import type { CpuRoutine } from "../routine.ts";
import { lstm, lstmBackward } from "./lstm.ts";
import { matmul } from "./matmul.ts";

export const ROUTINES: Readonly<Partial<Record<RoutineName, CpuRoutine>>> = {
  matmul,
  lstm,
  lstmBackward,
};
