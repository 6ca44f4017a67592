import { z } from 'zod';
import { EcphoryError, isEcphoryError } from '../../memory/errors.ts';
import type { MemoryService } from '../../memory/service.ts';
import { type CommandOf, commandSchema } from './command.ts';
import { inserted, replaced, viewed } from './edit.ts';
import { type FileTree, newFileTree } from './file-tree.ts';
import { listing } from './listing.ts';
import { directoriesOf, isInside, memoryPath, root } from './path.ts';
import type { StoredFile } from './stored-file.ts';

export interface MemoryFilesOptions {
  /** Whose memory: no path leaves it. Its other memories are no files, and are not touched. */
  readonly namespace: string;
}

/** The commands of the tool, each of which rejects when it cannot be done: for `betaMemoryTool(files)`. */
export type MemoryFiles = {
  readonly [Name in CommandOf['command']]: (command: Extract<CommandOf, { command: Name }>) => Promise<string>;
} & {
  /** Any command, as it came from a model. What went wrong is a text too, which begins with "Error: ". */
  execute(command: unknown): Promise<string>;
};

/**
 * Anthropic's memory tool (`memory_20250818`) over the memory: the model sees files under `/memories`, each of which is
 * one memory, found by search like any other, with its versions kept. For the Anthropic SDK, for
 * `anthropic.tools.memory_20250818({ execute })` of the AI SDK, and for `@langchain/anthropic`.
 */
export function memoryFiles(memory: MemoryService, { namespace }: MemoryFilesOptions): MemoryFiles {
  const tree = newFileTree(memory, namespace);
  const inTurn = newTurns();
  const commands: MemoryCommands = {
    view: (command) => inTurn(() => view(tree, command)),
    create: (command) => inTurn(() => create(tree, command)),
    str_replace: (command) => inTurn(() => replace(tree, command)),
    insert: (command) => inTurn(() => insert(tree, command)),
    delete: (command) => inTurn(() => remove(tree, command)),
    rename: (command) => inTurn(() => rename(tree, command)),
  };
  return {
    ...commands,
    async execute(input) {
      try {
        return await carryOut(commands, commandSchema.parse(input));
      } catch (error) {
        if (error instanceof z.ZodError) return `Error: The command is not valid.\n${z.prettifyError(error)}`;
        if (!isEcphoryError(error)) throw error;
        return `Error: ${error.message}`;
      }
    },
  };
}

type MemoryCommands = Omit<MemoryFiles, 'execute'>;

function carryOut(commands: MemoryCommands, command: CommandOf): Promise<string> {
  switch (command.command) {
    case 'view':
      return commands.view(command);
    case 'create':
      return commands.create(command);
    case 'str_replace':
      return commands.str_replace(command);
    case 'insert':
      return commands.insert(command);
    case 'delete':
      return commands.delete(command);
    case 'rename':
      return commands.rename(command);
  }
}

type Input<Name extends CommandOf['command']> = Extract<CommandOf, { command: Name }>;

async function view(tree: FileTree, { path: given, view_range: range }: Input<'view'>): Promise<string> {
  const path = memoryPath(given);
  const file = path === root ? null : await tree.file(path);
  if (file !== null) {
    const [first, last] = range ?? [];
    const hasRange = range?.length === 2 && first !== undefined && last !== undefined;
    return viewed(await tree.contentOf(file), { path, range: hasRange ? [first, last] : null });
  }
  const files = await tree.filesIn(path);
  if (files.length === 0 && path !== root) throw noSuchPath(path);
  return listing(path, files);
}

async function create(tree: FileTree, { path: given, file_text: text }: Input<'create'>): Promise<string> {
  const path = memoryPath(given);
  const isThere = path === root || (await tree.filesIn(path)).length > 0;
  await requireDirectories(tree, path);
  if (isThere || !(await tree.add(path, text))) throw new EcphoryError('conflict', `File ${path} already exists`);
  return `File created successfully at: ${path}`;
}

async function replace(tree: FileTree, command: Input<'str_replace'>): Promise<string> {
  const path = memoryPath(command.path);
  return edited(tree, path, (content) =>
    replaced(content, { path, oldText: command.old_str, newText: command.new_str ?? '' }),
  );
}

async function insert(tree: FileTree, command: Input<'insert'>): Promise<string> {
  const path = memoryPath(command.path);
  return edited(tree, path, (content) =>
    inserted(content, { path, line: command.insert_line, text: command.insert_text }),
  );
}

async function remove(tree: FileTree, { path: given }: Input<'delete'>): Promise<string> {
  const path = memoryPath(given);
  if (path === root) throw new EcphoryError('invalid', `Cannot delete the ${root} directory itself`);
  let isThere = false;
  // More than one only when a person restored a memory whose path a newer one has.
  for (let file = await tree.file(path); file !== null; file = await tree.file(path)) {
    await tree.archive(file);
    isThere = true;
  }
  for (const file of await tree.filesIn(path)) {
    await tree.archive(file);
    isThere = true;
  }
  if (!isThere) throw new EcphoryError('not_found', `The path ${path} does not exist`);
  return `Successfully deleted ${path}`;
}

async function rename(tree: FileTree, command: Input<'rename'>): Promise<string> {
  const from = memoryPath(command.old_path);
  const to = memoryPath(command.new_path);
  if (from === root) throw new EcphoryError('invalid', `Cannot rename the ${root} directory itself`);
  const isTaken = to === root || (await tree.file(to)) !== null || (await tree.filesIn(to)).length > 0;
  if (isTaken) throw new EcphoryError('conflict', `The destination ${to} already exists`);
  const file = await tree.file(from);
  const files = file === null ? await tree.filesIn(from) : [file];
  if (files.length === 0) throw new EcphoryError('not_found', `The path ${from} does not exist`);
  if (isInside(to, from)) throw new EcphoryError('invalid', `Cannot move ${from} into itself`);
  await requireDirectories(tree, to);
  for (const one of files) {
    const path = memoryPath(to + one.path.slice(from.length));
    if (!(await moved(tree, one, path))) throw new EcphoryError('conflict', `The destination ${path} already exists`);
  }
  return `Successfully renamed ${from} to ${to}`;
}

async function moved(tree: FileTree, file: StoredFile, path: string): Promise<boolean> {
  try {
    return await tree.move(file, path);
  } catch (error) {
    if (!isEcphoryError(error) || (error.code !== 'stale' && error.code !== 'not_found')) throw error;
    throw new EcphoryError('conflict', `${file.path} was changed meanwhile and not moved. View it, then try again.`);
  }
}

async function edited(
  tree: FileTree,
  path: string,
  edit: (content: string) => { readonly content: string; readonly answer: string },
): Promise<string> {
  let answer = '';
  const isThere = await tree.rewrite(path, (content) => {
    const result = edit(content);
    answer = result.answer;
    return result.content;
  });
  if (isThere) return answer;
  const isDirectory = path === root || (await tree.filesIn(path)).length > 0;
  throw isDirectory ? new EcphoryError('invalid', `The path ${path} is not a file.`) : noSuchPath(path);
}

async function requireDirectories(tree: FileTree, path: string): Promise<void> {
  for (const directory of directoriesOf(path)) {
    if ((await tree.file(directory)) !== null) {
      throw new EcphoryError('invalid', `The path ${directory} is not a directory.`);
    }
  }
}

function noSuchPath(path: string): EcphoryError {
  return new EcphoryError('not_found', `The path ${path} does not exist. Please provide a valid path.`);
}

/** One command after the other, as a model meant that wrote several of them into one message. */
function newTurns(): <Result>(command: () => Promise<Result>) => Promise<Result> {
  let last: Promise<unknown> = Promise.resolve();
  return (command) => {
    const result = last.then(command, command);
    last = result;
    return result;
  };
}
