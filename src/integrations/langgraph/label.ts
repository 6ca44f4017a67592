/**
 * Any text as a label of a LangGraph namespace, which holds no `.`, `:` or NUL, is not empty, and is not `langgraph` at
 * the root: `ana@example.com` becomes `ana@example~2Ecom`, `user:1` becomes `user~3A1`. No two texts share a label.
 */
export function encodeLabel(text: string): string {
  if (text === '') return '~';
  if (text === 'langgraph') return '~6Canggraph';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: NUL is what LangGraph refuses.
  return text.replace(/[.:~\u0000]/g, (character) => {
    return `~${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  });
}

/** The text that `encodeLabel` made the label of. */
export function decodeLabel(label: string): string {
  if (label === '~') return '';
  return label.replace(/~([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
