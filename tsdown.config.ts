import { readFileSync } from "node:fs";
import { defineConfig, type UserConfig } from "tsdown";

/**
 * One build for every package, run inside its folder (`tsdown --config ../../tsdown.config.ts`).
 *
 * The package's `exports` map says what to build: `./dist/linear/index.js` comes from `src/linear/index.ts`.
 * Dependencies stay imports; nothing of another package is copied in.
 */
const manifest: { exports: Record<string, string | { default: string }> } = JSON.parse(
  readFileSync("package.json", "utf8"),
);

const entries = Object.values(manifest.exports)
  .filter((target) => typeof target === "object")
  .map((target) => target.default.replace(/^\.\/dist\/(.*)\.js$/, "$1"))
  .map((name) => [name, `src/${name}.ts`]);

const config: UserConfig = defineConfig({
  cwd: process.cwd(), // tsdown would take this file's folder
  entry: Object.fromEntries(entries),
  platform: "neutral",
  target: "es2022", // lowers `using` for Node 20
  dts: { oxc: true, sourcemap: true }, // TypeScript 7 has no compiler API; oxc needs isolatedDeclarations only
  sourcemap: true,
  deps: { neverBundle: [/^@skein-ml\//, /^node:/] },
  logLevel: "warn",
});

export default config;
