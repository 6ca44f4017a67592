import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';

/** The directory of everything: the tool knows no other. */
export const root = '/memories';

/**
 * The one way to write a path: `/memories` and then names, each after one `/`, in Unicode form NFC. A path is only ever a
 * text in a memory's metadata, below a namespace that the host chose, so no path can leave it; a model that tries is
 * told so all the same, in the words of Anthropic's own backend, and what is kept can be written to a disk safely.
 *
 * @throws EcphoryError `invalid` for what is outside of `/memories`, names a parent directory in any disguise, or cannot
 *   be the name of a file.
 */
export function memoryPath(given: string): string {
  if (given !== root && !given.startsWith(`${root}/`)) {
    throw new EcphoryError('invalid', `Path must start with ${root}, got: ${given}`);
  }
  if (decoded(given).split(/[/\\]/).includes('..')) {
    throw new EcphoryError('invalid', `Path ${given} would escape ${root} directory`);
  }
  const path = given
    .normalize('NFC')
    .split('/')
    .filter((name) => name !== '' && name !== '.')
    .map((name) => `/${name}`)
    .join('');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused.
  if (!given.isWellFormed() || /[\\\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(decoded(path))) {
    throw new EcphoryError('invalid', `Path ${JSON.stringify(given)} holds a backslash or a control character.`);
  }
  if (path.length > limits.memoryFilePathCharacters) {
    throw new EcphoryError('invalid', `A path is at most ${limits.memoryFilePathCharacters} characters.`);
  }
  return path;
}

/** Every directory that the path lies in, outermost first, without `/memories` itself. */
export function directoriesOf(path: string): string[] {
  const names = path.slice(root.length + 1).split('/');
  return names.slice(0, -1).map((_, index) => `${root}/${names.slice(0, index + 1).join('/')}`);
}

export function isInside(path: string, directory: string): boolean {
  return path.startsWith(`${directory}/`);
}

/**
 * What a lenient reader might make of escapes: `%2e%2e%2f` is `../`, and so is `%252e`, however often `%` was escaped.
 * Each round takes at least two characters away, so it ends.
 */
function decoded(path: string): string {
  let text = path;
  for (;;) {
    const next = text.replace(/%(?:2e|2f|5c|25|00)/gi, (code) => decodeURIComponent(code));
    if (next === text) return text;
    text = next;
  }
}
