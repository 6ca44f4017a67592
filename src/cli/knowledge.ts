import type { Command } from 'commander';
import type { EntityView, Graph, GraphNode } from '../memory/knowledge.ts';
import { given, parseWhole } from './arguments.ts';
import { asOneObject, type ConnectionFlags, connected, withConnection, withNamespace } from './connection.ts';
import { factLine, memoryLine } from './memory-text.ts';
import { oneLine } from './paint.ts';
import type { Screen } from './screen.ts';
import type { CommandWorld } from './world.ts';

interface GraphFlags extends ConnectionFlags {
  readonly center?: string;
  readonly hops?: number;
  readonly limit?: number;
  readonly dot?: boolean;
}

interface FactsFlags extends ConnectionFlags {
  readonly subject?: string;
  readonly attribute?: string;
  readonly asOf?: string;
  readonly includeSuperseded?: boolean;
  readonly limit?: number;
}

interface EntitiesFlags extends ConnectionFlags {
  readonly prefix?: string;
  readonly limit?: number;
}

/** `ecphory graph`, `facts` and `entities`. */
export function addKnowledgeCommands(program: Command, world: CommandWorld): void {
  const graph = program.command('graph').description('memories, entities and links around one, or the most linked');
  withConnection(withNamespace(graph), asOneObject)
    .option('--center <id>', 'of a memory or an entity')
    .option('--hops <number>', 'steps from the centre (1)', parseWhole)
    .option('-l, --limit <number>', 'nodes at most', parseWhole)
    .option('--dot', 'in the language of Graphviz')
    .addHelpText('after', graphExamples)
    .action((flags: GraphFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        const { center, hops, limit } = flags;
        const found = await memory.graph({ namespace, ...given({ center, hops, limit }) });
        screen.one(found, () => (flags.dot === true ? dotOf(found) : graphText(found, screen)));
        if (found.nodes.length === 0) screen.note(`Nothing is linked in ${namespace}.`);
        if (found.isTruncated) screen.note('There is more than the limit let through.');
      }),
    );

  const facts = program.command('facts').description('what is held of someone or something: structured facts');
  withConnection(withNamespace(facts))
    .option('--subject <name>', 'of whom')
    .option('--attribute <name>', 'which of its attributes')
    .option('--as-of <time>', 'what held then, ISO 8601; now if left out')
    .option('--include-superseded', 'also what no longer holds')
    .option('-l, --limit <number>', 'at most so many', parseWhole)
    .addHelpText('after', factsExamples)
    .action((flags: FactsFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        const { subject, attribute, asOf, includeSuperseded, limit } = flags;
        const found = await memory.facts({
          namespace,
          ...given({ subject, attribute, asOf, includeSuperseded, limit }),
        });
        screen.each(found, (fact) => factLine(fact, screen), `No fact is held in ${namespace}.`);
      }),
    );

  const entities = program
    .command('entities')
    .description('who and what is named, most mentioned first; with an id, all about one')
    .argument('[id]');
  withConnection(withNamespace(entities))
    .option('--prefix <text>', 'names that begin with it, or have a word that does')
    .option('-l, --limit <number>', 'at most so many', parseWhole)
    .addHelpText('after', entitiesExamples)
    .action((id: string | undefined, flags: EntitiesFlags) =>
      connected(flags, world, async ({ memory, namespace, screen }) => {
        if (id !== undefined) {
          const found = await memory.entity(id);
          const facts = () => found.facts.map((fact) => `${factLine(fact, screen)}\n`);
          const memories = () => found.mentionedIn.map((one) => `${memoryLine(one, screen)}\n`);
          screen.one(found, () => [`${entityLine(found, screen)}\n`, ...facts(), ...memories()].join(''));
          return;
        }
        const found = await memory.entities({ namespace, ...given({ prefix: flags.prefix, limit: flags.limit }) });
        screen.each(found, (entity) => entityLine(entity, screen), `Nobody is named in ${namespace}.`);
      }),
    );
}

const graphExamples = `
Examples:
  ecphory graph --namespace users/alice
  ecphory graph --namespace users/alice --center note_01hv4k8x2m7q0r9d3c5b6a7f8e --hops 2
  ecphory graph --namespace users/alice --dot | dot -Tsvg > memory.svg`;

const factsExamples = `
Examples:
  ecphory facts --namespace users/alice
  ecphory facts --namespace users/alice --subject user --attribute employer --include-superseded
  ecphory facts --namespace users/alice --as-of 2024-05-06 --json`;

const entitiesExamples = `
Examples:
  ecphory entities --namespace users/alice --limit 10
  ecphory entities --prefix cla
  ecphory entities entity_01hv4k8x2m7q0r9d3c5b6a7f8e`;

function entityLine({ id, kind, name, memories }: EntityView, { paint }: Screen): string {
  return `${paint.dim(id)}  ${kind.padEnd(12)}  ${String(memories).padStart(5)}  ${oneLine(name, null)}`;
}

function graphText({ nodes, edges }: Graph, screen: Screen): string {
  const named = nodes.map((node) =>
    node.kind === 'memory'
      ? memoryLine(node.memory, screen)
      : `${screen.paint.dim(node.id)}  ${oneLine(node.name, null)}`,
  );
  const linked = edges.map(({ from, to, type, weight }) => `${from} -> ${to}  ${type} ${weight.toFixed(2)}`);
  return [...named, ...linked].map((line) => `${line}\n`).join('');
}

/** https://graphviz.org/doc/info/lang.html */
function dotOf({ nodes, edges }: Graph): string {
  const label = (node: GraphNode) => oneLine(node.kind === 'memory' ? node.memory.text : node.name, 60);
  const shape = (node: GraphNode) => (node.kind === 'memory' ? 'box' : 'ellipse');
  const lines = [
    ...nodes.map((node) => `  ${quoted(node.id)} [label=${quoted(label(node))}, shape=${shape(node)}];`),
    ...edges.map(({ from, to, type }) => `  ${quoted(from)} -> ${quoted(to)} [label=${quoted(type)}];`),
  ];
  return `digraph memory {\n${lines.join('\n')}\n}\n`;
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
