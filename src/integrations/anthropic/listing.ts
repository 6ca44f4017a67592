import { limits } from '../../memory/limits.ts';
import { isInside } from './path.ts';

export interface ListedFile {
  readonly path: string;
  readonly bytes: number;
}

/**
 * What lies in a directory, two levels deep, in the words of Anthropic's file backend. The size of a directory is that of
 * all that it holds. Hidden files are not shown, as there, though their size counts.
 */
export function listing(directory: string, files: readonly ListedFile[]): string {
  const sizes = new Map<string, number>();
  for (const { path, bytes } of files) {
    if (!isInside(path, directory)) continue;
    const names = path.slice(directory.length + 1).split('/');
    for (let depth = 1; depth <= Math.min(2, names.length); depth += 1) {
      const shown = names.slice(0, depth);
      if (shown.some((name) => name.startsWith('.') || name === 'node_modules')) break;
      const name = shown.join('/') + (depth < names.length ? '/' : '');
      sizes.set(name, (sizes.get(name) ?? 0) + bytes);
    }
  }
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0);
  const names = [...sizes.keys()].sort(byName);
  const shown = names.slice(0, limits.memoryFilesShown);
  const more = names.length - shown.length;
  return [
    `Here're the files and directories up to 2 levels deep in ${directory}, excluding hidden items and node_modules:`,
    `${size(total)}\t${directory}`,
    ...shown.map((name) => `${size(sizes.get(name) ?? 0)}\t${directory}/${name}`),
    ...(more > 0 ? [`(${more} more are not shown. View a directory inside of this one.)`] : []),
  ].join('\n');
}

/** Each directory just before what it holds; names in UTF-16 order, as `Array.sort` has them. */
function byName(left: string, right: string): number {
  const a = left.split('/').filter((name) => name !== '');
  const b = right.split('/').filter((name) => name !== '');
  for (let index = 0; index < Math.min(a.length, b.length); index += 1) {
    if (a[index] !== b[index]) return a[index]! < b[index]! ? -1 : 1;
  }
  return a.length - b.length;
}

/** `0B`, `12B`, `1.5K`, `2M`. */
function size(bytes: number): string {
  if (bytes === 0) return '0B';
  const power = Math.min(3, Math.floor(Math.log(bytes) / Math.log(1024)));
  const count = bytes / 1024 ** power;
  return (count % 1 === 0 ? count.toString() : count.toFixed(1)) + 'BKMG'.charAt(power);
}
