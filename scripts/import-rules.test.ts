import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { importViolations } from "./import-rules.ts";

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** What the rules say of a workspace with `core`, `classical` and the given sources; an index exports its `a.ts`. */
function violationsOf(sources: Record<string, string>): string[] {
  const root = mkdtempSync(join(tmpdir(), "skein-imports-"));
  roots.push(root);
  const manifests = {
    "core/package.json": { name: "@skein-ml/core", exports: { ".": "", "./testing": "" } },
    "classical/package.json": {
      name: "@skein-ml/classical",
      exports: { ".": "", "./linear": "" },
      dependencies: { "@skein-ml/core": "0.1.0", "ml-matrix": "6.12.1" },
    },
  };
  const files = {
    ...Object.fromEntries(Object.entries(manifests).map(([path, manifest]) => [path, JSON.stringify(manifest)])),
    "core/src/index.ts": "core/src/a.ts" in sources ? 'export * from "./a.ts";' : "export {};",
    "classical/src/index.ts": "classical/src/a.ts" in sources ? 'export * from "./a.ts";' : "export {};",
    ...sources,
  };
  for (const [path, text] of Object.entries(files)) {
    const file = join(root, "packages", path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return importViolations(root);
}

test("a workspace that keeps the rules has no violations", () => {
  const found = violationsOf({
    "core/src/index.ts": 'export { shape } from "./shape.ts";',
    "core/src/shape.ts": "export const shape = [];",
    "classical/src/ridge.ts": 'import { shape } from "@skein-ml/core";\nimport { Matrix } from "ml-matrix";',
    "classical/src/ridge.test.ts": 'import "vitest"; import "node:fs"; import "@skein-ml/core/testing";',
    "classical/src/index.ts": 'export * from "./ridge.ts";',
  });
  expect(found).toEqual([]);
});

test.each([
  ["an upward import", { "core/src/a.ts": 'import "@skein-ml/classical";' }, "core/src/a.ts:1:", "wrong way"],
  [
    "a type is an import too",
    { "core/src/a.ts": 'import type { R } from "@skein-ml/classical";' },
    "a.ts:1:",
    "wrong way",
  ],
  ["a re-export is one too", { "core/src/a.ts": '\nexport * from "@skein-ml/classical";' }, "a.ts:2:", "wrong way"],
  ["a late import is one too", { "core/src/a.ts": 'await import("@skein-ml/classical");' }, "a.ts:1:", "wrong way"],
  ["the package itself", { "core/src/a.ts": 'import "@skein-ml/core";' }, "a.ts:1:", "is this package itself"],
  ["a subpath that is not exported", { "classical/src/a.ts": 'import "@skein-ml/core/deep";' }, "a.ts:1:", "exports"],
  ["the same in a test", { "classical/src/a.test.ts": 'import "@skein-ml/core/deep";' }, "a.test.ts:1:", "exports"],
  ["an unknown package of ours", { "classical/src/a.ts": 'import "@skein-ml/cor";' }, "a.ts:1:", "no package"],
  ["a Node built-in", { "core/src/a.ts": 'import { readFile } from "node:fs";' }, "a.ts:1:", "Node built-in"],
  ["a Node built-in by its short name", { "core/src/a.ts": 'import("fs");' }, "a.ts:1:", "Node built-in"],
  ["a missing dependency", { "classical/src/a.ts": 'import "ml-pca/deep";' }, "a.ts:1:", "missing from dependencies"],
  ["a default export", { "core/src/a.ts": "const a = 1;\nexport default a;" }, "a.ts:2:", "default export"],
  ["another package's file", { "classical/src/a.ts": 'import "../../core/src/index.ts";' }, "a.ts:1:", "leaves"],
  ["a path without its ending", { "core/src/a.ts": 'import "./b";', "core/src/b.ts": "" }, "a.ts:1:", "no file"],
  ["an index", { "core/src/a.ts": 'import "./b/index.ts";', "core/src/b/index.ts": "" }, "a.ts:1:", "is an index"],
])("%s is found", (_what, sources, place, reason) => {
  const found = violationsOf(sources);
  expect(found).toHaveLength(1);
  expect(found[0]).toContain(place);
  expect(found[0]).toContain(reason);
});

test("a file that no entry point reaches is held to the rules of tests", () => {
  const sources = { "core/src/support.ts": 'import "vitest"; import "node:fs"; import "@skein-ml/classical";' };
  expect(violationsOf({ ...sources, "core/src/a.test.ts": 'import "./support.ts";' })).toEqual([]);
  expect(violationsOf({ ...sources, "core/src/a.ts": 'import "./support.ts";' })).toHaveLength(3);
});

test("an example that imports what its package.json does not name is found", () => {
  const sources = {
    "../examples/package.json": JSON.stringify({ name: "examples", dependencies: { "@skein-ml/core": "0.1.0" } }),
    "../examples/tour.ts": 'import "node:fs";\nimport "@skein-ml/core/testing";\nimport "@skein-ml/classical";',
  };
  expect(violationsOf(sources)).toEqual([
    'examples/tour.ts:3: "@skein-ml/classical" is missing from dependencies in package.json',
  ]);
});

test("a cycle between files is found once, with the way around", () => {
  const found = violationsOf({
    "core/src/a.ts": 'import "./b.ts";',
    "core/src/b.ts": 'import type { C } from "./c.ts";',
    "core/src/c.ts": 'export * from "./b.ts"; import "./d.ts";',
    "core/src/d.ts": "export {};",
  });
  expect(found).toEqual(["packages/core/src/b.ts:1: import cycle b.ts -> c.ts -> b.ts"]);
});
