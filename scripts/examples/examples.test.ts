import { expect, test } from "vitest";
import { expectError, expectValue, printed } from "./compare.ts";
import { docstringExamples, markdownExamples } from "./extract.ts";
import { withChecks } from "./promises.ts";

/** What an example gives, and what it promises. */
type Pair = [run: () => unknown, wanted: () => unknown];

test("a promise becomes a check of the statement before it", () => {
  expect(withChecks("f(1) // => [0.5, -2]")).toBe(
    'await expectValue(() => (f(1)), () => ([printed("0.5"), printed("-2")]));',
  );
  expect(withChecks("const y = await f(\n  2,\n); // => { a1: 'x2' }")).toBe(
    "const y = await f(\n  2,\n); await expectValue(() => (y), () => ({ a1: 'x2' }));",
  );
  expect(withChecks("x.data // => Float32Array(2) [1, 2]")).toBe(
    'await expectValue(() => (x.data), () => ([printed("1"), printed("2")]));',
  );
  expect(withChecks("await f(); // => throws DataError\ng(); // no promise")).toBe(
    'await expectError(async () => (await f()), "DataError");\ng(); // no promise',
  );
});

test("a promise without a statement, and code that does not parse, are errors", () => {
  expect(() => withChecks("// => 3")).toThrow("no statement");
  expect(() => withChecks("for (;;) {} // => 3")).toThrow("nothing to compare");
  expect(() => withChecks("f(")).toThrow("does not parse");
});

const kept: Pair[] = [
  [() => 1000.69314718, () => printed("1000.6931")],
  [() => Math.fround(1000.69314718), () => printed("1000.6931")],
  [() => 3, () => printed("3")],
  [() => Number.NaN, () => printed("NaN")],
  [() => Number.NEGATIVE_INFINITY, () => printed("-Infinity")],
  [() => 1.23456e-7, () => printed("1.235e-7")],
  [() => ({ toArray: () => [[1], [2]] }), () => [[printed("1")], [printed("2")]]],
  [async () => new Float32Array([0.1, 0.2]), () => [printed("0.1"), printed("0.2")]],
  [() => ({ loss: 0.25, label: "cat" }), () => ({ loss: printed("0.25"), label: "cat" })],
  [() => undefined, () => undefined],
];

test.each(kept)("%s keeps the promise", async (run, wanted) => {
  await expect(expectValue(run, wanted)).resolves.toBeUndefined();
});

const broken: Pair[] = [
  [() => 1000.6933, () => printed("1000.6931")],
  [() => 3.0001, () => printed("3")],
  [() => 0, () => printed("NaN")],
  [() => [1, 2, 3], () => [printed("1"), printed("2")]],
  [() => ({ loss: 0.25, more: 1 }), () => ({ loss: printed("0.25") })],
  [() => "1", () => printed("1")],
  [() => "dog", () => "cat"],
];

test.each(broken)("%s breaks the promise", async (run, wanted) => {
  await expect(expectValue(run, wanted)).rejects.toThrow("promises");
});

test("an error is compared by its class", async () => {
  const fail = () => {
    throw new RangeError("no");
  };
  await expect(expectError(fail, "RangeError")).resolves.toBeUndefined();
  await expect(expectError(fail, "TypeError")).rejects.toThrow("throws RangeError");
  await expect(expectError(() => 1, "TypeError")).rejects.toThrow("throws nothing");
});

test("Markdown: ts blocks in order, others left out", () => {
  const text = "# A\n\n```ts\nf();\n```\n\n```sh\nls\n```\n\n```ts no-run\ng();\nh();\n```\n";
  expect(markdownExamples("README.md", text)).toEqual([
    { place: "README.md:4", code: "f();\n", runs: true },
    { place: "README.md:12", code: "g();\nh();\n", runs: false },
  ]);
});

test("docstrings: exported names and the members of exported classes", () => {
  const text = `/**
 * A file. @example ignored()
 */
import { a } from "./a.ts";

/** Root. @example root(4) // => 2 */
export function root(x: number): number {}

/** Private. @example hidden() */
function hidden() {}

/**
 * Model.
 *
 * @example
 * const m = new Model();
 *
 * await m.fit();
 * @throws DataError never
 */
export class Model {
  /** @example new Model().size // => 0 */
  get size() {}
}

/**
 * Fences.
 *
 * @example
 * \`\`\`ts no-run
 * serve(root);
 * \`\`\`
 * @example
 * \`\`\`text
 * a sketch
 * \`\`\`
 */
export const serve = 1;

class Inner {
  /** @example nothing */
  get size() {}
}
`;
  expect(docstringExamples("a.ts", text)).toEqual([
    { place: "a.ts:6", owner: "root", code: "root(4) // => 2", runs: true },
    { place: "a.ts:15", owner: "Model", code: "const m = new Model();\n\nawait m.fit();", runs: true },
    { place: "a.ts:22", owner: "Model", code: "new Model().size // => 0", runs: true },
    { place: "a.ts:29", owner: "serve", code: "serve(root);", runs: false },
  ]);
});
