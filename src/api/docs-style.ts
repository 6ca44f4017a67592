/** The reference page's looks, light or dark as the reader has it unless they choose. */
export const docsStyle = `
:root { color-scheme: light dark; --ink: light-dark(#1c1b1a, #e9e6e1); --soft: light-dark(#6a655e, #a39c92);
  --page: light-dark(#fbfaf8, #171614); --card: light-dark(#fff, #201e1b); --line: light-dark(#e4dfd7, #38342e);
  --code: light-dark(#f4f1ec, #12110f); --get: light-dark(#1d6b4f, #6fcfa8); --post: light-dark(#2f55a4, #8fb2ff);
  --change: light-dark(#8a5a00, #e8b95a); --delete: light-dark(#a32b2b, #ff8f8f); }
:root[data-look=light] { color-scheme: light; }
:root[data-look=dark] { color-scheme: dark; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
a { color: inherit; }
code, pre, textarea, input { font: 13px/1.45 ui-monospace, Menlo, Consolas, monospace; }
header { position: sticky; top: 0; z-index: 1; display: flex; flex-wrap: wrap; gap: 8px 12px; align-items: center;
  padding: 10px 20px; background: var(--card); border-bottom: 1px solid var(--line); }
header h1 { font-size: 17px; margin: 0 auto 0 0; }
header small { color: var(--soft); font-weight: normal; }
input, textarea, button, select { color: inherit; background: var(--code); border: 1px solid var(--line); border-radius: 6px;
  padding: 6px 9px; }
button { cursor: pointer; font: inherit; font-size: 14px; }
button:hover { border-color: var(--soft); }
:focus-visible { outline: 2px solid var(--post); outline-offset: 1px; }
#page-search { width: 190px; } #page-key { width: 250px; }
.frame { display: grid; grid-template-columns: 250px minmax(0, 1fr); max-width: 1250px; margin: 0 auto; }
nav { position: sticky; top: 54px; align-self: start; max-height: calc(100vh - 54px); overflow: auto; padding: 18px 12px; }
nav h2 { font-size: 12px; color: var(--soft); margin: 14px 8px 4px; }
nav a { display: block; padding: 3px 8px; border-radius: 5px; text-decoration: none; font-size: 14px; }
nav a:hover { background: var(--code); }
main { padding: 18px 20px 80px; }
main > h2 { margin: 28px 0 8px; font-size: 20px; }
details.call { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 8px 0; scroll-margin-top: 64px; }
details.call > summary { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: baseline; padding: 9px 14px; cursor: pointer;
  list-style: none; }
summary b { font: 600 12px ui-monospace, monospace; min-width: 54px; }
.GET { color: var(--get); } .POST { color: var(--post); } .PUT, .PATCH { color: var(--change); } .DELETE { color: var(--delete); }
summary span { color: var(--soft); }
.inside { padding: 2px 16px 16px; border-top: 1px solid var(--line); }
h3 { font-size: 14px; margin: 16px 0 4px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; }
td { padding: 5px 10px 5px 0; vertical-align: top; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
td:first-child { width: 30%; }
td em, .soft { color: var(--soft); font-style: normal; }
table table td:first-child { width: 34%; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 10px; overflow: auto; max-height: 420px;
  white-space: pre-wrap; overflow-wrap: anywhere; margin: 6px 0; }
textarea { width: 100%; min-height: 130px; resize: vertical; }
form label { display: grid; grid-template-columns: 180px minmax(0, 1fr); gap: 10px; align-items: center; margin: 5px 0; font-size: 14px; }
[hidden] { display: none !important; }
@media (max-width: 800px) { .frame { grid-template-columns: minmax(0, 1fr); } nav { display: none; }
  form label { grid-template-columns: 1fr; gap: 2px; } #page-search, #page-key { flex: 1 1 140px; width: auto; } }
`;
