/**
 * Type-checks and runs examples against the built packages, each as a module of its own in `.cache/examples/`.
 *
 * The two commands on top are `run-docs.ts` and `run-docstring-examples.ts`.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { Example } from "./extract.ts";
import { withChecks } from "./promises.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

const limitMs = 120_000;

/** What an example needs in front of it, on one line so that places stay readable. */
export type Imports = (example: Example) => string;

interface Written {
  readonly example: Example;
  readonly file: string;
}

/**
 * Prints every example that fails and a last line with the counts.
 *
 * @param name     folder below `.cache/examples/`, and the word in the last line
 * @param imports  what stands in front of each example
 * @returns        whether all hold
 */
export async function runExamples(name: string, examples: readonly Example[], imports: Imports): Promise<boolean> {
  const failures = new Map<Example, string>();
  const fail = (example: Example, why: string) => failures.set(example, why);
  const folder = join(root, ".cache/examples", name);
  const written = write(folder, examples, imports, fail);
  for (const { example, lines } of typeErrors(folder, written)) fail(example, lines.join("\n  "));
  for (const { example, file } of written.filter(({ example }) => example.runs && !failures.has(example))) {
    await withLimit(import(pathToFileURL(file).href)).catch((error: unknown) => fail(example, String(error)));
  }
  for (const [{ place }, why] of failures) console.error(`${place}: ${why}`);
  console.log(`${name}: ${examples.length} examples, ${failures.size} failures`);
  return failures.size === 0;
}

function write(
  folder: string,
  examples: readonly Example[],
  imports: Imports,
  fail: (example: Example, why: string) => void,
): Written[] {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return examples.flatMap((example) => {
    const file = join(folder, `${example.place.replace(/[^\w.-]+/g, "-")}.ts`);
    try {
      writeFileSync(file, moduleOf(example, imports(example)));
      return [{ example, file }];
    } catch (error) {
      fail(example, String(error));
      return [];
    }
  });
}

/** The example in a block of its own, where its names may hide what is imported for it. */
function moduleOf(example: Example, imports: string): string {
  const ownImports = /^import\s[^;]*?["'][^"']+["'];?[^\n]*$/gms;
  const own = [...example.code.matchAll(ownImports)].map(([line]) => line).join("\n");
  const body = withChecks(example.code.replace(ownImports, ""));
  const checks = 'import { expectError, expectValue, printed } from "../../../scripts/examples/compare.ts";';
  return `// ${example.place}\n${checks}\n${imports}\n${own}\n{\n${body}\n}\nvoid [expectError, expectValue, printed];\n`;
}

/** Examples are held to strict types, without the options that only library code needs. */
function typeErrors(folder: string, written: readonly Written[]): { example: Example; lines: string[] }[] {
  const compilerOptions = {
    ...{ paths: {}, types: ["node"], isolatedDeclarations: false, declaration: false },
    ...{ noUnusedLocals: false, noUncheckedIndexedAccess: false, exactOptionalPropertyTypes: false },
  };
  const config = { extends: "../../../tsconfig.base.json", compilerOptions, include: ["*.ts"] };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "-p", ".", "--pretty", "false"], { cwd: folder });
  const errors = String(stdout).split(/\n(?=\S)/);
  return written
    .map(({ example, file }) => ({ example, lines: errors.filter((line) => file.endsWith(`/${line.split("(")[0]}`)) }))
    .filter(({ lines }) => lines.length > 0);
}

function withLimit(run: Promise<unknown>): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`runs longer than ${limitMs / 1000} s`)), limitMs);
  });
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
