import { DataError, OptionError } from "@skein-ml/core";
import { expect, test } from "vitest";
import { renderSvg } from "./render-svg.ts";
import { type Score, scoreBars } from "./score-bars.ts";

const scores: Score[] = [
  { name: "net", score: 0.9806, group: "texts" },
  { name: "majority class", score: 0.1, group: "texts", baseline: true },
  { name: "net", score: 0.75, group: "digits" },
];

test("bars stand in the order given, with their numbers, under their groups", async () => {
  const svg = await renderSvg(scoreBars(scores, { metric: "test accuracy" }));
  const texts = [...svg.matchAll(/>([^<>]+)<\/text>/g)].map(([, text]) => text);
  for (const text of ["0.981", "0.100", "0.750", "net", "majority class", "test accuracy"])
    expect(texts).toContain(text);
  expect(texts.indexOf("texts")).toBeLessThan(texts.indexOf("digits"));
});

test("baselines have another colour", async () => {
  const svg = await renderSvg(scoreBars(scores));
  const fills = [...svg.matchAll(/aria-roledescription="bar"[^>]* fill="([^"]+)"/g)].map(([, fill]) => fill);
  expect(fills).toEqual(["#2f78c4", "#8b9097", "#2f78c4"]);
});

test("scores outside 0 to 1 fit the axis too", async () => {
  expect(await renderSvg(scoreBars([{ name: "bad fit", score: -2.5 }], { metric: "R²" }))).toContain(
    ">\u22122.500</text>",
  );
});

test.each([
  [[], "a list of scores is wanted"],
  [[{ score: 1 }], "a score has no name (index 0)"],
  [[{ name: "a", score: Number.NaN }], "the score of a is the number NaN, not a finite number"],
  [[{ name: "a", score: "1" }], 'the score of a is the string "1"'],
  [[null], "a score has no name (index 0)"],
  [
    [
      { name: "a", score: 1 },
      { name: "a", score: 0.5 },
    ],
    "two scores have the same name",
  ],
])("%j is refused", (wrong, message) => {
  expect(() => scoreBars(wrong as Score[])).toThrow(DataError);
  expect(() => scoreBars(wrong as Score[])).toThrow(message);
});

test("wrong options are refused", () => {
  expect(() => scoreBars(scores, { metric: 1 } as object)).toThrow(OptionError);
});
