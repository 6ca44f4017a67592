/** The page's looks: one palette, light and dark by the reader's own setting. Colours of Okabe and Ito, darkened for text. */
export const style = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --ink: #1d2129; --soft: #5d6675; --line: #d9dde3; --faint: #f3f5f7;
  --run-1: #0064a8; --run-2: #b84a00; --run-3: #00785a; --run-4: #9a4a82; --run-5: #7d6200; --run-6: #4b5563;
  --better: #00785a; --worse: #c02050;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171c; --ink: #e7eaee; --soft: #9aa4b2; --line: #353b45; --faint: #1d2127;
    --run-1: #62b3ee; --run-2: #f19a55; --run-3: #3cc79f; --run-4: #dd92c2; --run-5: #dcbb45; --run-6: #a3adba;
    --better: #3cc79f; --worse: #f4789c;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 880px; margin: 0 auto; padding: 32px 20px 80px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 22px; margin: 56px 0 4px; padding-top: 20px; border-top: 2px solid var(--line); }
h3 { font-size: 17px; margin: 36px 0 2px; }
p { margin: 4px 0 10px; max-width: 68ch; }
.soft, figcaption, summary small { color: var(--soft); font-size: 14px; }
figure { margin: 8px 0 0; overflow-x: auto; }
svg { display: block; width: 100%; min-width: 640px; height: auto; overflow: visible; font: 13px system-ui, sans-serif; }
svg text { fill: var(--ink); dominant-baseline: central; font-variant-numeric: tabular-nums; }
svg .soft { fill: var(--soft); font-size: 12px; }
svg .halo { paint-order: stroke; stroke: var(--page); stroke-width: 4px; stroke-linejoin: round; }
.grid { stroke: var(--line); stroke-width: 1; }
.whisker { stroke: var(--ink); stroke-width: 1.5; opacity: .75; }
.end { text-anchor: end; } .middle { text-anchor: middle; } .strong { font-weight: 600; }
.curve { fill: none; stroke-width: 2; stroke-linejoin: round; } .curve.thick { stroke-width: 4; }
${[1, 2, 3, 4, 5, 6].map((run) => `.fill-${run} { fill: var(--run-${run}); } .stroke-${run} { stroke: var(--run-${run}); } svg text.text-${run} { fill: var(--run-${run}); } .ink-${run} { color: var(--run-${run}); }`).join('\n')}
.better { stroke: var(--better); } .worse { stroke: var(--worse); } .alike { stroke: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 5px 8px; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th { font-weight: 500; color: var(--soft); }
th:first-child, td:first-child { text-align: left; }
td:first-child { font-weight: 600; }
details { border-bottom: 1px solid var(--line); padding: 7px 0; }
summary { cursor: pointer; }
summary small { margin-left: 6px; }
.hard { margin: 8px 0 14px 18px; }
.hard h4 { font-size: 14px; margin: 10px 0 2px; color: var(--soft); font-weight: 500; }
.hard ol, .hard ul { margin: 0; padding-left: 22px; }
.hard li { margin: 4px 0; overflow-wrap: anywhere; }
.turn { font: 12px ui-monospace, monospace; color: var(--soft); margin-right: 4px; }
.why { display: block; color: var(--soft); font-size: 13px; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: var(--faint); padding: 10px; font-size: 12px; }
`;
