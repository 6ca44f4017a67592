import { Argument, type Command, type Option } from 'commander';
import type { CommandWorld } from './world.ts';

const shells = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof shells)[number];

/** `ecphory completion`. Added last: it knows the commands that are there by then. */
export function addCompletionCommand(program: Command, world: CommandWorld): void {
  program
    .command('completion')
    .description('a script that has a shell complete commands and options')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', examples)
    .action((shell: Shell) => world.write(scriptOf[shell](entriesOf(program))));
}

const examples = `
Examples:
  source <(ecphory completion bash)          in ~/.bashrc
  source <(ecphory completion zsh)           in ~/.zshrc, after compinit
  ecphory completion fish > ~/.config/fish/completions/ecphory.fish`;

/** One command as a shell needs it. */
interface Entry {
  /** Words after the program's name: none for the program itself. */
  readonly path: readonly string[];
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly { readonly names: readonly string[]; readonly description: string }[];
  /** What may follow an option, and what an argument may be. */
  readonly values: readonly { readonly option: string; readonly choices: readonly string[] }[];
  readonly choices: readonly string[];
}

function entriesOf(command: Command, path: readonly string[] = []): readonly Entry[] {
  const helper = command.createHelp();
  const commands = helper.visibleCommands(command);
  const options = helper.visibleOptions(command);
  const own: Entry = {
    path,
    commands: commands.map((one) => ({ name: one.name(), description: one.description() })),
    options: options.map((option) => ({ names: namesOf(option), description: option.description })),
    values: options.flatMap((option) =>
      option.argChoices === undefined
        ? []
        : namesOf(option).map((name) => ({ option: name, choices: option.argChoices ?? [] })),
    ),
    choices: command.registeredArguments.flatMap((argument) => argument.argChoices ?? []),
  };
  const below = commands.filter((one) => one.name() !== 'help').flatMap((one) => entriesOf(one, [...path, one.name()]));
  return [own, ...below];
}

function namesOf({ long, short }: Option): readonly string[] {
  return [long, short].flatMap((name) => name ?? []);
}

const scriptOf: Readonly<Record<Shell, (entries: readonly Entry[]) => string>> = {
  bash: bashScript,
  // Zsh runs bash completions itself, so there is one script to keep right.
  zsh: (entries) => `autoload -U +X bashcompinit && bashcompinit\n${bashScript(entries)}`,
  fish: fishScript,
};

/** Finds which command the line is in, then offers what that one takes. Files where nothing is known. */
function bashScript(entries: readonly Entry[]): string {
  const words = entries.map(({ path, commands, options, choices }) => {
    const offered = [...commands.map(({ name }) => name), ...choices, ...options.flatMap(({ names }) => names)];
    return `    '${path.join(' ')}') words='${offered.join(' ')}' ;;`;
  });
  const values = entries.flatMap(({ path, values }) =>
    values.map(({ option, choices }) => `    '${[...path, option].join(' ')}') values='${choices.join(' ')}' ;;`),
  );
  const paths = entries.filter(({ path }) => path.length > 0).map(({ path }) => `'${path.join(' ')}'`);
  return `# Completion of ecphory for bash: made by "ecphory completion bash".
_ecphory() {
  local current previous at next word words values
  current=\${COMP_WORDS[COMP_CWORD]}
  previous=\${COMP_WORDS[COMP_CWORD-1]}
  at=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${at:+$at }$word"
    case "$next" in
    ${paths.join('|')}) at=$next ;;
    esac
  done
  values=''
  case "\${at:+$at }$previous" in
${values.join('\n')}
  esac
  if [[ -n $values ]]; then
    COMPREPLY=($(compgen -W "$values" -- "$current"))
    return
  fi
  words=''
  case "$at" in
${words.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _ecphory ecphory
`;
}

function fishScript(entries: readonly Entry[]): string {
  const lines = entries.flatMap(({ path, commands, options, values, choices }) => {
    const names = commands.map(({ name }) => name).join(' ');
    const seen = path.map((word) => `__fish_seen_subcommand_from ${word}`);
    const isFirst = seen.length === 0 ? ['__fish_use_subcommand'] : seen;
    const isHere = [
      ...isFirst,
      ...(path.length > 0 && commands.length > 0 ? [`not __fish_seen_subcommand_from ${names}`] : []),
    ];
    const start = `complete -c ecphory -f -n ${quoted(isHere.join('; and '))}`;
    return [
      ...commands.map(({ name, description }) => `${start} -a ${name} -d ${quoted(description)}`),
      ...(choices.length === 0 ? [] : [`${start} -a ${quoted(choices.join(' '))}`]),
      ...options.map(({ names: all, description }) => {
        const flags = all.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
        const taken = values.find(({ option }) => all.includes(option))?.choices;
        const after = taken === undefined ? '' : ` -x -a ${quoted(taken.join(' '))}`;
        return `complete -c ecphory -n ${quoted(isFirst.join('; and '))} ${flags.join(' ')}${after} -d ${quoted(description)}`;
      }),
    ];
  });
  return `# Completion of ecphory for fish: made by "ecphory completion fish".\n${lines.join('\n')}\n`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
