/** Skein's classical machine learning: docs/classical.md. */
export * from "./linear/index.ts";
export * from "./preprocessing/index.ts";
