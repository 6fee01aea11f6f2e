import { cholesky, type Device, scope, tensor, triangularSolve } from "@skein-ml/core";

/**
 * The solution of `A x = b` on a machine, `A = L Lᵀ`.
 *
 * @param A  `[n, n]` row-major, symmetric
 * @param b  `[n]`
 * @returns  `[n]`, or undefined if `A` is not positive definite
 */
export async function solvePositiveDefinite(
  device: Device,
  A: Float64Array,
  b: Float64Array,
): Promise<Float64Array | undefined> {
  const n = b.length;
  const solution = scope(() => {
    const factor = cholesky(tensor(A, { shape: [n, n], device }));
    const forward = triangularSolve(factor, tensor(b, { shape: [n, 1], device }));
    return triangularSolve(factor, forward, { transpose: true });
  });
  const x = Float64Array.from(await solution.read());
  solution.dispose();
  return x.every(Number.isFinite) ? x : undefined;
}
