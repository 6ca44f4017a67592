import type { Fact } from '../memory/knowledge.ts';
import type { Hit, Memory } from '../memory/service.ts';
import { harmless, indented, oneLine } from './paint.ts';
import type { Screen } from './screen.ts';

/** One memory as a line: id, when, who, the beginning of its text. */
export function memoryLine({ id, timestamp, createdAt, name, text, state, pinned }: Memory, screen: Screen): string {
  const { paint, columns } = screen;
  const day = (timestamp ?? createdAt).slice(0, 10);
  const marks = [state === 'active' ? '' : state, pinned ? 'pinned' : ''].filter((mark) => mark !== '').join(', ');
  const who = [marks === '' ? '' : `(${marks})`, name === null ? '' : `${name}:`]
    .filter((part) => part !== '')
    .join(' ');
  const start = `${id}  ${day}  `;
  const room = columns === null ? null : columns - start.length;
  return `${paint.dim(start)}${oneLine(who === '' ? text : `${who} ${text}`, room)}`;
}

/** Everything about one memory. */
export function memoryPage(memory: Memory, { paint }: Screen): string {
  const rows: readonly (readonly [string, string | null])[] = [
    ['id', memory.id],
    ['namespace', memory.namespace],
    ['kind', memory.kind],
    ['state', memory.state],
    ['version', String(memory.version)],
    ['pinned', memory.pinned ? 'yes' : null],
    ['when', memory.timestamp],
    ['who', [memory.name, memory.role === null ? null : `(${memory.role})`].filter((part) => part !== null).join(' ')],
    ['place', memory.place],
    ['session', memory.sessionId],
    ['origin', `${memory.origin}, trust ${memory.trust}`],
    ['tags', memory.tags.join(', ')],
    ['keywords', memory.keywords.join(', ')],
    ['context', memory.context],
    ['true since', memory.validAt],
    ['true until', memory.invalidAt],
    ['expires', memory.expiresAt],
    ['replaced by', memory.supersededBy],
    ['stored', memory.createdAt],
    ['revised', memory.revisedAt === memory.createdAt ? null : memory.revisedAt],
    ['sources', memory.sources.join(', ')],
    ['metadata', Object.keys(memory.metadata).length === 0 ? null : JSON.stringify(memory.metadata)],
  ];
  return `${indented(memory.text, '')}\n\n${fields(rows, paint.dim)}`;
}

/** Names and values under one another; what is empty is left out. */
export function fields(
  rows: readonly (readonly [string, string | null])[],
  paintName: (name: string) => string = (name) => name,
): string {
  const shown = rows.filter((row): row is readonly [string, string] => row[1] !== null && row[1] !== '');
  const width = Math.max(0, ...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${paintName(name.padEnd(width))}  ${harmless(value)}\n`).join('');
}

export function hitText({ score, memory, copies, explanation }: Hit, place: number, { paint }: Screen): string {
  const { id, timestamp, createdAt, name, text, state, namespace } = memory;
  const about = [
    id,
    (timestamp ?? createdAt).slice(0, 10),
    namespace,
    name === null ? null : oneLine(name, null),
    state === 'active' ? null : state,
    copies === undefined ? null : `and ${copies} that say the same`,
  ].filter((part) => part !== null);
  const why = explanation?.channels.map(
    ({ channel, rank, contribution, detail }) =>
      `${channel}: rank ${rank}, gives ${contribution.toFixed(4)}${detail === '' ? '' : ` (${detail})`}`,
  );
  const steps = explanation?.steps.map(({ step, factor, detail }) => `${step}: times ${factor.toFixed(3)} (${detail})`);
  const lines = [...(why ?? []), ...(steps ?? [])].map((line) => `${paint.dim(indented(line, '     '))}\n`).join('');
  return `${paint.bold(`${place}.`)} ${paint.dim(`${score.toFixed(4)}  ${about.join('  ')}`)}\n${indented(text)}\n${lines}`;
}

export function factLine(fact: Fact, { paint }: Screen): string {
  const { subject, attribute, value, polarity, state, validAt, invalidAt, contradicts } = fact;
  const since = validAt === null ? '' : `since ${validAt.slice(0, 10)}`;
  const until = invalidAt === null ? '' : `until ${invalidAt.slice(0, 10)}`;
  const disputed = contradicts.length === 0 ? '' : 'disputed';
  const about = [since, until, state === 'active' ? '' : state, disputed].filter((part) => part !== '').join(', ');
  const claim = `${subject}: ${attribute} ${polarity === 'negative' ? 'is not' : 'is'} ${value}`;
  return `${paint.dim(fact.id)}  ${oneLine(claim, null)}${about === '' ? '' : paint.dim(`  ${about}`)}`;
}
