/** For tests: small data sets that nets can learn, from a seed. */
import { RandomStream } from "@skein-ml/core";

/** Clouds around three points in three dimensions; classes in turn. */
export function clouds(n: number, seed = 5): { X: number[][]; y: number[] } {
  const random = new RandomStream(seed);
  const y = Array.from({ length: n }, (_, i) => i % 3);
  return { X: y.map((k) => [random.normal() + 3 * k, random.normal() - 2 * k, random.normal()]), y };
}

/**
 * Sequences of tokens 1 to 8 of different lengths, padded with 0 at the end. The class says whether the first 1 comes
 * before the first 2: it can't be told from counts, only from the order.
 */
export function orders(n: number, steps: number, seed = 6): { X: number[][]; y: number[] } {
  const random = new RandomStream(seed);
  const X: number[][] = [];
  const y: number[] = [];
  for (let i = 0; i < n; i++) {
    const length = Math.floor(steps / 2) + random.below(steps - Math.floor(steps / 2) + 1);
    const row = Array.from({ length }, () => 3 + random.below(6));
    const [a, b] = [random.below(length), random.below(length - 1)];
    const [first, second] = [Math.min(a, b >= a ? b + 1 : b), Math.max(a, b >= a ? b + 1 : b)];
    const label = i % 2;
    row[first] = label === 1 ? 1 : 2;
    row[second] = label === 1 ? 2 : 1;
    X.push([...row, ...new Array<number>(steps - length).fill(0)]);
    y.push(label);
  }
  return { X, y };
}
