/**
 * Sharing out rows by class: how many rows of each class belong to a part of the data.
 */
import type { RandomStream } from "@skein-ml/core";

/**
 * Whole numbers that sum to `draws` and are as nearly in proportion to `counts` as whole numbers can be: each share is
 * rounded down, and what is missing goes to the largest remainders, ties drawn at random.
 *
 * @param counts  rows of each class; no share exceeds its count as long as `draws` does not exceed their sum
 * @source scikit-learn 1.9, `StratifiedShuffleSplit`
 */
export function classShares(counts: readonly number[], draws: number, random: RandomStream): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const exact = counts.map((count) => (draws * count) / total);
  const shares = exact.map(Math.floor);
  const missing = draws - shares.reduce((sum, share) => sum + share, 0);
  const order = Array.from(random.permutation(counts.length));
  order.sort((a, b) => remainder(exact[b]!) - remainder(exact[a]!));
  for (const k of order.slice(0, missing)) shares[k]!++;
  return shares;
}

function remainder(value: number): number {
  return value - Math.floor(value);
}
