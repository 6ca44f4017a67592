/**
 * What Anthropic's memory tool does, on a map from paths to texts: the plainest thing that could be right, for comparing
 * with. Paths must be plain already, and there are no empty directories.
 */
export function newReferenceFiles() {
  const files = new Map<string, string>();
  const inside = (path: string) => [...files.keys()].filter((file) => file.startsWith(`${path}/`));
  const isDirectory = (path: string) => path === '/memories' || inside(path).length > 0;
  const parents = (path: string) =>
    path
      .split('/')
      .slice(2, -1)
      .map((_, index) =>
        path
          .split('/')
          .slice(0, index + 3)
          .join('/'),
      );
  const blocking = (path: string) => parents(path).find((parent) => files.has(parent));
  const missing = (path: string) => `Error: The path ${path} does not exist. Please provide a valid path.`;

  return {
    files,
    view(path: string, range?: readonly [number, number]): string {
      const text = files.get(path);
      if (text === undefined) return isDirectory(path) ? `directory ${inside(path).sort().join(' ')}` : missing(path);
      const lines = text.split('\n').map((line, index) => `${`      ${index + 1}`.slice(-6)}\t${line}`);
      const shown =
        range === undefined ? lines : lines.slice(Math.max(1, range[0]) - 1, range[1] < 0 ? undefined : range[1]);
      return [`Here's the content of ${path} with line numbers:`, shown.join('\n')].join('\n');
    },
    create(path: string, text: string): string {
      const file = blocking(path);
      if (file !== undefined) return `Error: The path ${file} is not a directory.`;
      if (files.has(path) || isDirectory(path)) return `Error: File ${path} already exists`;
      files.set(path, text);
      return `File created successfully at: ${path}`;
    },
    replace(path: string, old: string, text: string): string {
      const before = files.get(path);
      if (before === undefined) return isDirectory(path) ? `Error: The path ${path} is not a file.` : missing(path);
      const count = before.split(old).length - 1;
      if (count === 1) {
        files.set(path, before.split(old).join(text));
        return 'edited';
      }
      return count === 0
        ? `Error: No replacement was performed, old_str \`${old}\` did not appear verbatim in ${path}.`
        : 'several';
    },
    insert(path: string, line: number, text: string): string {
      const before = files.get(path);
      if (before === undefined) return isDirectory(path) ? `Error: The path ${path} is not a file.` : missing(path);
      const lines = before.split('\n');
      if (line < 0 || line > lines.length) {
        return `Error: Invalid \`insert_line\` parameter: ${line}. It should be within the range of lines of the file: [0, ${lines.length}]`;
      }
      const added = text.endsWith('\n') ? text.slice(0, -1) : text;
      files.set(path, [...lines.slice(0, line), added, ...lines.slice(line)].join('\n'));
      return `The file ${path} has been edited.`;
    },
    remove(path: string): string {
      if (path === '/memories') return 'Error: Cannot delete the /memories directory itself';
      const gone = files.has(path) ? [path] : inside(path);
      if (gone.length === 0) return `Error: The path ${path} does not exist`;
      for (const file of gone) files.delete(file);
      return `Successfully deleted ${path}`;
    },
    rename(from: string, to: string): string {
      if (from === '/memories') return 'Error: Cannot rename the /memories directory itself';
      if (files.has(to) || isDirectory(to)) return `Error: The destination ${to} already exists`;
      const moved = files.has(from) ? [from] : inside(from);
      if (moved.length === 0) return `Error: The path ${from} does not exist`;
      if (to.startsWith(`${from}/`)) return `Error: Cannot move ${from} into itself`;
      const file = blocking(to);
      if (file !== undefined) return `Error: The path ${file} is not a directory.`;
      for (const path of moved) {
        const text = files.get(path);
        if (text !== undefined) files.set(to + path.slice(from.length), text);
        files.delete(path);
      }
      return `Successfully renamed ${from} to ${to}`;
    },
  };
}
