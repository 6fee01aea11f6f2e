import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const packages = fileURLToPath(new URL("./packages", import.meta.url));

/** Tests read sources, not builds: `@skein-ml/core/testing` is `packages/core/src/testing/index.ts`. */
const sources = [
  { find: /^@skein-ml\/([\w-]+)$/, replacement: `${packages}/$1/src/index.ts` },
  { find: /^@skein-ml\/([\w-]+)\/([\w/-]+)$/, replacement: `${packages}/$1/src/$2/index.ts` },
];

export default defineConfig({
  resolve: { alias: sources },
  oxc: { target: "es2022" },
  test: {
    include: ["{packages/*/src,examples,benchmarks,scripts}/**/*.test.ts"],
    testTimeout: 20_000,
  },
});
