/** Reports on training plans as HTML, with charts. The only part of this package that draws, and so needs `@skein-ml/viz`. */
export { planReport } from "./plan-report.ts";
