/** The style sheet of reports: one readable column, light or dark as the reader's system is, fit for printing. */
export const reportStyle = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --ink: #1c2024; --soft: #5c636b; --line: #dfe2e6; --card: #f7f8fa;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #14171a; --ink: #e4e7ea; --soft: #9aa2ab; --line: #30353b; --card: #1b1f23; }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; padding: 2.5rem 1.25rem 4rem; max-width: 54rem;
  background: var(--ground); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
h1 { margin: 0 0 1.5rem; font-size: 1.75rem; line-height: 1.2; }
h2 { margin: 2.75rem 0 0.75rem; padding-top: 1.25rem; border-top: 1px solid var(--line); font-size: 1.25rem; }
p { margin: 0 0 0.9rem; max-width: 42rem; white-space: pre-line; }
figure { margin: 1.25rem 0; padding: 1rem; border: 1px solid var(--line); border-radius: 8px; background: var(--card); overflow-x: auto; }
figure svg { display: block; margin: 0 auto; max-width: 100%; height: auto; }
.table { overflow-x: auto; }
table { margin: 1rem 0; border-collapse: collapse; font-size: 0.94rem; font-variant-numeric: tabular-nums; }
caption { padding-bottom: 0.4rem; text-align: left; color: var(--soft); }
th, td { padding: 0.35rem 1.4rem 0.35rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--soft); font-weight: normal; }
.number { text-align: right; }
footer { margin-top: 3rem; color: var(--soft); font-size: 0.875rem; }
@media print { body { max-width: none; padding: 0; } figure { break-inside: avoid; } }
`;
