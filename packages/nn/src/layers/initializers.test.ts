import { RandomStream } from "@skein-ml/core";
import { expect, test } from "vitest";
import { type InitializerName, initializers } from "./initializers.ts";

const turn = async (): Promise<void> => {};

async function draw(name: InitializerName, shape: number[], seed = 1): Promise<Float64Array> {
  return initializers[name](shape, new RandomStream(seed), turn);
}

function moments(values: Float64Array): { mean: number; variance: number; largest: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: Math.max(...values.map(Math.abs)) };
}

test.each([
  ["uniform", 0.05 ** 2 / 3, 0.05],
  ["glorotUniform", 2 / 300, Math.sqrt(6 / 300)],
  ["glorotNormal", 2 / 300, Number.POSITIVE_INFINITY],
  ["heUniform", 2 / 100, Math.sqrt(6 / 100)],
  ["heNormal", 2 / 100, Number.POSITIVE_INFINITY],
] as const)("%s has the variance and the limits of its formula", async (name, wanted, limit) => {
  const { mean, variance, largest } = moments(await draw(name, [100, 200]));
  expect(Math.abs(mean)).toBeLessThan(4 * Math.sqrt(wanted / 20_000));
  expect(variance / wanted).toBeGreaterThan(0.95);
  expect(variance / wanted).toBeLessThan(1.05);
  expect(largest).toBeLessThanOrEqual(limit);
});

test.each([
  [6, 4],
  [4, 6],
  [40, 40],
])("orthogonal [%i, %i]: the shorter side is orthonormal", async (rows, columns) => {
  const values = await draw("orthogonal", [rows, columns]);
  const at = (i: number, j: number): number => values[i * columns + j] ?? Number.NaN;
  const [count, length] = [Math.min(rows, columns), Math.max(rows, columns)];
  const vector = (i: number, k: number): number => (rows < columns ? at(i, k) : at(k, i));
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < count; j++) {
      let product = 0;
      for (let k = 0; k < length; k++) product += vector(i, k) * vector(j, k);
      expect(Math.abs(product - Number(i === j))).toBeLessThan(1e-10);
    }
  }
});

test("the same seed gives the same numbers, another seed others", async () => {
  expect(await draw("glorotUniform", [3, 4])).toEqual(await draw("glorotUniform", [3, 4]));
  expect(await draw("glorotUniform", [3, 4])).not.toEqual(await draw("glorotUniform", [3, 4], 2));
});
