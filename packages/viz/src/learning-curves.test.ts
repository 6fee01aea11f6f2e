import { DataError, OptionError } from "@skein-ml/core";
import { expect, test } from "vitest";
import { type CurveValues, learningCurves } from "./learning-curves.ts";
import { renderSvg } from "./render-svg.ts";

const history = { loss: [0.9, 0.4, 0.2], valLoss: [0.8, 0.5, 0.45], topKAccuracy: [0.5, 0.7, 0.8] };

/** The concat panels of a chart, as the plain data they are. */
function panelsOf(values: CurveValues, options = {}) {
  const spec = learningCurves(values, options);
  if (!("concat" in spec)) throw new Error("not side by side");
  return JSON.parse(JSON.stringify(spec.concat));
}

test("each metric has a panel with the values of both curves", () => {
  const [loss, accuracy] = panelsOf(history);
  expect(loss.data.values).toEqual([
    { x: 1, y: 0.9, data: "training" },
    { x: 2, y: 0.4, data: "training" },
    { x: 3, y: 0.2, data: "training" },
    { x: 1, y: 0.8, data: "validation" },
    { x: 2, y: 0.5, data: "validation" },
    { x: 3, y: 0.45, data: "validation" },
  ]);
  expect(loss.encoding.y.title).toBe("loss");
  expect(loss.encoding.x).toMatchObject({ title: "epoch", scale: { domain: [1, 3] } });
  expect(accuracy.encoding.y.title).toBe("top k accuracy");
});

test("the picture holds metric names, both series and each value", async () => {
  const svg = await renderSvg(learningCurves(history, { title: "Digits", unit: "step" }));
  for (const text of [">loss<", ">top k accuracy<", ">training<", ">validation<", ">step<", "<title>Digits</title>"]) {
    expect(svg).toContain(text);
  }
  for (const value of ["0.9", "0.45", "0.8"])
    expect(svg).toMatch(new RegExp(`aria-label="step: \\d; [^"]*: ${value};`));
});

test("training curves alone need no legend", async () => {
  expect(await renderSvg(learningCurves({ loss: [3, 2] }))).not.toContain("validation");
});

test("a value that is not finite leaves a gap", async () => {
  const [panel] = panelsOf({ loss: [1, Number.NaN, 0.5, Number.POSITIVE_INFINITY] });
  expect(panel.data.values.map(({ y }: { y: number | null }) => y)).toEqual([1, null, 0.5, null]);
  const svg = await renderSvg(learningCurves({ loss: [1, Number.NaN, 0.5] }));
  expect(svg).not.toContain("NaN");
});

test("names in snake case are understood; a metric may begin with val", () => {
  const panels = panelsOf({ loss: [1], val_loss: [2], value: [3] });
  expect(panels.map((panel: { encoding: { y: { title: string } } }) => panel.encoding.y.title)).toEqual([
    "loss",
    "value",
  ]);
});

test.each([
  [{}, "the history is empty"],
  [{ loss: [] }, "loss of the history has no values"],
  [{ loss: "0.5" }, 'loss of the history is the string "0.5", not a list of numbers'],
  [{ loss: [0.5, "0.4"] }, "not a list of numbers"],
  [[1, 2], "a history is wanted, but the array [1, 2] came"],
  [null, "a history is wanted, but null came"],
])("%j is refused", (wrong, message) => {
  expect(() => learningCurves(wrong as CurveValues)).toThrow(DataError);
  expect(() => learningCurves(wrong as CurveValues)).toThrow(message);
});

test("wrong options are refused", () => {
  expect(() => learningCurves(history, { titel: "x" } as object)).toThrow(OptionError);
  expect(() => learningCurves(history, { unit: 3 } as object)).toThrow("option unit must be a string");
});
