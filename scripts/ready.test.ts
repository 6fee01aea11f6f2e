import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";

let root = "";

/** A clone with one package, and stand-ins for npm and turbo. */
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "skein-ready-"));
  const lock = {
    packages: { "": {}, "node_modules/turbo": { version: "2.0.0" }, "node_modules/mac": { optional: true } },
  };
  const exports = {
    ".": { types: "./dist/index.d.ts", default: "./dist/index.js" },
    "./package.json": "./package.json",
  };
  write("package-lock.json", JSON.stringify(lock));
  write("tsconfig.base.json", "{}");
  write("tsdown.config.ts", "");
  write("packages/core/package.json", JSON.stringify({ name: "@skein-ml/core", exports }));
  write("packages/core/src/index.ts", "");
  write("packages/core/src/ops/add.ts", "");
  // npm ci writes its record and turbo; turbo writes the build, or fails when the source says so.
  const turbo = `const { mkdirSync, readFileSync, writeFileSync } = require("fs");
    if (readFileSync("packages/core/src/index.ts", "utf8") === "broken") process.exit(3);
    mkdirSync("packages/core/dist", { recursive: true });
    for (const name of ["index.js", "index.d.ts"]) writeFileSync("packages/core/dist/" + name, "");`;
  const record = JSON.stringify({ packages: { "node_modules/turbo": { version: "2.0.0" } } });
  write(
    "npm.js",
    `const { mkdirSync, writeFileSync } = require("fs");
    if (process.argv[2] === "ci" && process.env.STALE_LOCK) process.exit(1);
    mkdirSync("node_modules/turbo/bin", { recursive: true });
    writeFileSync("node_modules/turbo/bin/turbo", ${JSON.stringify(turbo)});
    writeFileSync("node_modules/.package-lock.json", ${JSON.stringify(record)});`,
  );
  mkdirSync(join(root, "scripts"));
  copyFileSync(fileURLToPath(new URL("ready.mjs", import.meta.url)), join(root, "scripts/ready.mjs"));
});

afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function ready(env: Record<string, string> = {}): { status: number | null; lines: string[] } {
  const { status, stdout } = spawnSync(process.execPath, [join(root, "scripts/ready.mjs")], {
    encoding: "utf8",
    env: { ...process.env, npm_execpath: join(root, "npm.js"), ...env },
  });
  return { status, lines: stdout.split("\n").filter((line) => line !== "") };
}

const building = "Building core ...";

test("a fresh clone is installed and built, once", () => {
  const first = ready();
  expect(first.status).toBe(0);
  expect(first.lines).toContain("Installing dependencies (npm ci) ...");
  expect(first.lines).toContain(building);
  expect(ready()).toEqual({ status: 0, lines: [] });
});

test("a changed, a new and a removed source are built again; a changed test is not", () => {
  ready();
  const soon = new Date(Date.now() + 5000);
  utimesSync(join(root, "packages/core/src/ops/add.ts"), soon, soon);
  expect(ready().lines).toContain(building);
  utimesSync(join(root, "packages/core/src/ops/add.ts"), 0, 0);
  ready();
  write("packages/core/src/ops/add.test.ts", "");
  ready();
  write("packages/core/src/ops/add.test.ts", "changed");
  expect(ready().lines).toEqual([]);
  rmSync(join(root, "packages/core/src/ops/add.ts"));
  expect(ready().lines).toContain(building);
});

test("a lock file with another version is installed again", () => {
  ready();
  const lock = join(root, "package-lock.json");
  writeFileSync(lock, readFileSync(lock, "utf8").replace("2.0.0", "2.0.1"));
  expect(ready().lines).toContain("Installing dependencies (npm ci) ...");
});

test("a workspace that is new in the lock file is linked", () => {
  ready();
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8"));
  lock.packages["node_modules/@skein-ml/new"] = { resolved: "packages/new", link: true };
  write("package-lock.json", JSON.stringify(lock));
  expect(ready().lines).toContain("Installing dependencies (npm ci) ...");
});

test("npm install steps in where npm ci fails", () => {
  const { status, lines } = ready({ STALE_LOCK: "1" });
  expect(lines.some((line) => line.startsWith("npm ci failed; trying npm install"))).toBe(true);
  expect(status).toBe(0);
});

test("the exit code of a failing build is passed on", () => {
  write("packages/core/src/index.ts", "broken");
  expect(ready().status).toBe(3);
});
