import { EcphoryError } from '../../memory/errors.ts';

/*
 * What the commands do to the text of a file, and the words in which they tell of it: those of the file backend that
 * Anthropic ships (`BetaLocalFilesystemMemoryTool` in `@anthropic-ai/sdk`), which models were trained on. Two things are
 * kinder here: `old_str` may span lines, and one that stands twice in one line is not unique either.
 */

export interface Edit {
  readonly content: string;
  readonly answer: string;
}

/** @throws EcphoryError `invalid` when `oldText` does not stand in the file exactly once. */
export function replaced(
  content: string,
  { path, oldText, newText }: { path: string; oldText: string; newText: string },
): Edit {
  const starts = occurrences(content, oldText);
  const [start] = starts;
  if (start === undefined) {
    throw new EcphoryError(
      'invalid',
      `No replacement was performed, old_str \`${oldText}\` did not appear verbatim in ${path}.`,
    );
  }
  if (starts.length > 1) {
    const lines = [...new Set(starts.map((at) => lineOf(content, at)))];
    throw new EcphoryError(
      'invalid',
      `No replacement was performed. Multiple occurrences of old_str \`${oldText}\` in lines: ${lines.join(', ')}. Please ensure it is unique`,
    );
  }
  const after = content.slice(0, start) + newText + content.slice(start + oldText.length);
  const changed = lineOf(content, start) - 1;
  const from = Math.max(0, changed - 2);
  const snippet = numbered(after.split('\n').slice(from, changed + 3), from + 1);
  return {
    content: after,
    answer: `The memory file has been edited. Here is the snippet showing the change (with line numbers):\n${snippet}`,
  };
}

/**
 * After as many lines as `line` says.
 *
 * @throws EcphoryError `invalid` when the file has fewer.
 */
export function inserted(content: string, { path, line, text }: { path: string; line: number; text: string }): Edit {
  const lines = content.split('\n');
  if (!Number.isInteger(line) || line < 0 || line > lines.length) {
    throw new EcphoryError(
      'invalid',
      `Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the file: [0, ${lines.length}]`,
    );
  }
  const after = lines.toSpliced(line, 0, text.replace(/\n$/, ''));
  return { content: after.join('\n'), answer: `The file ${path} has been edited.` };
}

/** `range` counts from 1 and holds its last line; -1 is the end of the file. */
export function viewed(
  content: string,
  { path, range }: { path: string; range: readonly [number, number] | null },
): string {
  const lines = content.split('\n');
  if (lines.length > linesMax) {
    throw new EcphoryError(
      'too_large',
      `File ${path} has too many lines (${lines.length}). Maximum is ${linesMax.toLocaleString('en-US')} lines.`,
    );
  }
  const [first, last] = range ?? [1, -1];
  const from = Math.max(1, first) - 1;
  const shown = lines.slice(from, last === -1 ? lines.length : last);
  return `Here's the content of ${path} with line numbers:\n${numbered(shown, from + 1)}`;
}

/** As `cat -n` writes them: six characters, a tab, the line. */
const linesMax = 999_999;

function numbered(lines: readonly string[], first: number): string {
  return lines.map((line, index) => `${String(first + index).padStart(6, ' ')}\t${line}`).join('\n');
}

/** That do not overlap. Of no text: before every character, and at the end. */
function occurrences(content: string, text: string): number[] {
  const starts: number[] = [];
  for (let at = content.indexOf(text); at !== -1; at = content.indexOf(text, at + Math.max(1, text.length))) {
    starts.push(at);
    if (text === '' && at === content.length) break;
  }
  return starts;
}

/** Counted from 1. */
function lineOf(content: string, at: number): number {
  let line = 1;
  for (let next = content.indexOf('\n'); next !== -1 && next < at; next = content.indexOf('\n', next + 1)) line += 1;
  return line;
}
