import { z } from 'zod';
import { limits } from '../../memory/limits.ts';
import type { SearchResult } from '../../memory/service.ts';
import { type FencedEntry, fenced, memoryEntry } from './fenced.ts';
import { memoryShape, memoryView } from './memory-view.ts';
import type { ToolAnswer } from './tool.ts';

/** What of a search is shown. */
export interface Found extends Pick<SearchResult, 'hits' | 'confidence' | 'degraded'> {
  /** What is held as facts of whom the query asks about. */
  readonly facts?: { readonly answers: readonly FactAnswer[] };
  /** Ids of archived memories that the query finds when what is active answers it badly. */
  readonly archived?: readonly string[];
}

interface FactAnswer {
  readonly value: string;
  readonly since: string | null;
  readonly until: string | null;
  readonly path: readonly FactNamed[];
  readonly disputed: readonly FactNamed[];
}

interface FactNamed {
  readonly id: string;
  /** As one sentence. */
  readonly text: string;
}

const factNamed = z.object({ id: z.string(), text: z.string() });

const fact = z.object({
  value: z.string(),
  since: z.string().nullable(),
  until: z.string().nullable(),
  path: z.array(factNamed).describe('The facts it follows from, each about the value of the one before.'),
  disputed: z.array(factNamed).describe('Facts that say otherwise of the same time.'),
});
type FactView = z.output<typeof fact>;

export const searchOutput = z.object({
  memories: z.array(z.object({ ...memoryShape, score: z.number() })),
  facts: z.array(fact).describe('What is held as facts of whom the query asks about, best first.'),
  archived: z
    .array(z.string())
    .describe('Ids of deleted memories that would answer better; include_archived shows them.'),
  confidence: z.number(),
  degraded: z.array(z.string()).describe('Parts of the search that did not take part.'),
});

export function searchAnswer(found: Found, namespace: string): ToolAnswer<z.output<typeof searchOutput>> {
  const memories = found.hits.map((hit) => ({ ...memoryView(hit.memory), score: hit.score }));
  const facts = (found.facts?.answers ?? []).slice(0, limits.mcpMemories).map(factView);
  const archived = [...(found.archived ?? [])];
  const degraded = [...found.degraded];
  const entries = [...facts.map(factEntry), ...memories.map(memoryEntry)];
  const lines = [
    entries.length === 0
      ? `Nothing found in ${namespace}.`
      : `Confidence that an answer is among them: ${found.confidence.toFixed(2)}.\n${fenced(entries)}`,
    ...(archived.length === 0 ? [] : [`Deleted, but perhaps a better answer: ${archived.join(', ')}`]),
    ...(degraded.length === 0 ? [] : [`Not all of the search took part: ${degraded.join('; ')}`]),
  ];
  return { structured: { memories, facts, archived, confidence: found.confidence, degraded }, text: lines.join('\n') };
}

function factView({ value, since, until, path, disputed }: FactAnswer): FactView {
  return { value, since, until, path: path.map(named), disputed: disputed.map(named) };
}

function factEntry({ since, until, path, disputed }: FactView): FencedEntry {
  const about = [
    'fact',
    since === null ? '' : `since ${since}`,
    until === null ? '' : `until ${until}`,
    disputed.length === 0 ? '' : `disputed by ${disputed.map(({ id }) => id).join(', ')}`,
  ];
  return { label: path.at(-1)?.id ?? 'fact', about, text: path.map(({ text }) => text).join('\n') };
}

function named({ id, text }: FactNamed): { id: string; text: string } {
  return { id, text };
}
