/** Text with the terminal's own colours, or left as it is. */
export interface Paint {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

export function newPaint(isColoured: boolean): Paint {
  const between = (on: number, off: number) => (text: string) =>
    isColoured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return {
    bold: between(1, 22),
    dim: between(2, 22),
    red: between(31, 39),
    yellow: between(33, 39),
    green: between(32, 39),
  };
}

/**
 * A memory's text for a terminal: what it was told by others must not move the cursor, change colours or answer for the
 * user, so control characters are shown instead of sent. Line ends and tabs stay.
 */
export function harmless(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the point.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** As one line, cut to what fits; nothing is cut for `null`. */
export function oneLine(text: string, columns: number | null): string {
  const line = harmless(text.replaceAll(/\s+/g, ' ').trim());
  if (columns === null) return line;
  const characters = [...line];
  const room = Math.max(columns, 10);
  return characters.length <= room ? line : `${characters.slice(0, room - 1).join('')}…`;
}

/** Every line moved to the right. */
export function indented(text: string, by = '   '): string {
  return harmless(text)
    .split('\n')
    .map((line) => `${by}${line}`)
    .join('\n');
}
