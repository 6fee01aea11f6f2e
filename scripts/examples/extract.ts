/** Finds the examples that we promise work: `ts` blocks of Markdown and `@example` of public docstrings. */

export interface Example {
  /** `README.md:12` */
  readonly place: string;
  readonly code: string;
  /** False for a block marked `no-run`, which is only type-checked. */
  readonly runs: boolean;
}

/** A docstring example belongs to the exported name that it documents. */
export interface DocstringExample extends Example {
  readonly owner: string;
}

/** Blocks fenced as `ts` or `ts no-run`, in order. */
export function markdownExamples(path: string, text: string): Example[] {
  return [...text.matchAll(/^```ts([^\n]*)\n(.*?)^```/gms)].map((block) => ({
    place: `${path}:${lineOf(text, block.index) + 1}`,
    code: block[2] ?? "",
    runs: !/\bno-run\b/.test(block[1] ?? ""),
  }));
}

/**
 * Examples of the exported functions, classes and constants of a source file, and of the members of such classes.
 * Examples of anything that is not exported, the file's opening paragraph included, are left out.
 */
export function docstringExamples(path: string, text: string): DocstringExample[] {
  return [...text.matchAll(/^([ ]*)\/\*\*(.*?)\*\/\s*([^\n]*)/gms)].flatMap((docstring) => {
    const [, indent = "", body = "", next = ""] = docstring;
    const owner = indent === "" ? exportedName(next) : enclosingClass(text.slice(0, docstring.index));
    if (owner === undefined) return [];
    const bodyStart = docstring.index + docstring[0].indexOf("/**") + 3;
    return [...body.matchAll(/@example\b(.*?)(?=\n\s*\*?\s*@[a-z]|$)/gs)].flatMap((example) => {
      const found = unfenced((example[1] ?? "").replace(/^[ \t]*\* ?/gm, ""));
      return found === undefined
        ? []
        : { place: `${path}:${lineOf(text, bodyStart + example.index)}`, owner, ...found };
    });
  });
}

/** The code of an example, in a `ts` fence or in none. In another fence stands a sketch, which no one runs. */
function unfenced(example: string): { code: string; runs: boolean } | undefined {
  const fence = example.match(/^\s*```(\w*)([^\n]*)\n(.*?)^```/ms);
  if (fence === null) return { code: example.trim(), runs: true };
  const [, language, marks = "", code = ""] = fence;
  return language === "ts" ? { code: code.trim(), runs: !/\bno-run\b/.test(marks) } : undefined;
}

function exportedName(line: string): string | undefined {
  return line.match(/^export (?:abstract |async )*(?:function\*?|class|const) (\w+)/)?.[1];
}

/** The exported class or object that is open at the end of `before`. */
function enclosingClass(before: string): string | undefined {
  const [last] = [...before.matchAll(/^(?!\s|[})\]/*])[^\n]+/gm)].slice(-1);
  return last && exportedName(last[0]);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
