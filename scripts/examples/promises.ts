/**
 * Turns the promises of an example, `expression // => value`, into checks.
 *
 * A promise is written the way a reader would: `1000.6931` (equal to the digits printed), `[[1, 2], [3, 4]]`, `"cat"`,
 * `{ loss: 0.5 }`, or `throws ShapeError`. The comparing itself is in `compare.ts`.
 */
import { parseSync } from "oxc-parser";

/**
 * `code` with every promise made into a call of `expectValue` or `expectError`.
 *
 * A promise belongs to the statement before it on its line: an expression, or a declaration of one name.
 *
 * @param code  an example, TypeScript
 * @throws Error if the code does not parse, or a promise stands behind no such statement
 * @example withChecks("1 + 1 // => 2") // => "await expectValue(() => (1 + 1), () => (printed(\"2\")));"
 */
export function withChecks(code: string): string {
  const { program, comments, errors } = parseSync("example.ts", code);
  if (errors[0] !== undefined) throw new Error(`does not parse: ${errors[0].message}`);
  let checked = code;
  for (const comment of [...comments].reverse()) {
    const promise = comment.value.match(/^\s*=>\s*(.*?)\s*$/s)?.[1];
    if (promise === undefined) continue;
    const statement = program.body.filter(({ end }) => end <= comment.start).at(-1);
    if (statement === undefined || code.slice(statement.end, comment.start).trim() !== "")
      throw new Error(`no statement before "// => ${promise}"`);
    const expression = statement.type === "ExpressionStatement" ? statement.expression : declaredName(statement);
    if (expression === undefined) throw new Error(`nothing to compare with "// => ${promise}"`);
    const check = checkOf(code.slice(expression.start, expression.end), promise);
    const start = statement.type === "ExpressionStatement" ? statement.start : comment.start;
    checked = checked.slice(0, start) + check + checked.slice(comment.end);
  }
  return checked;
}

type Statement = ReturnType<typeof parseSync>["program"]["body"][number];

function declaredName(statement: Statement): { start: number; end: number } | undefined {
  if (statement.type !== "VariableDeclaration" || statement.declarations.length !== 1) return undefined;
  return statement.declarations[0]?.id;
}

function checkOf(expression: string, promise: string): string {
  const run = /\bawait\b/.test(expression) ? `async () => (${expression})` : `() => (${expression})`;
  const error = promise.match(/^throws\s+(\w+)$/)?.[1];
  if (error !== undefined) return `await expectError(${run}, ${JSON.stringify(error)});`;
  const value = promise.replace(/\b\w+Array(?:\(\d+\))?\s*(?=\[)/g, ""); // `Float32Array [1, 2]` is compared as `[1, 2]`
  return `await expectValue(${run}, () => (${withPrintedNumbers(value)}));`;
}

/** Numbers keep the text they were printed with; text in quotes is left alone. */
function withPrintedNumbers(promise: string): string {
  const quotedOrNumber =
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|(?<![\w.$])-?(?:\d+\.?\d*(?:e[+-]?\d+)?|Infinity|NaN)\b/gi;
  return promise.replace(quotedOrNumber, (found) => (/^["']/.test(found) ? found : `printed("${found}")`));
}
