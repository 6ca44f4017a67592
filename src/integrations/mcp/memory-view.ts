import { z } from 'zod';
import { limits } from '../../memory/limits.ts';
import type { Memory } from '../../memory/service.ts';
import { cut } from './fenced.ts';

/** What every tool shows of a memory: enough to quote, to judge and to correct it. */
export const memoryShape = {
  id: z.string(),
  namespace: z.string(),
  kind: z.string(),
  text: z.string(),
  is_cut: z.boolean().describe('Only the beginning of the text is given; get_memory gives all of it.'),
  timestamp: z.string().nullable().describe('When it happened.'),
  created_at: z.string().describe('When it was stored.'),
  valid_at: z.string().nullable(),
  invalid_at: z.string().nullable(),
  name: z.string().nullable().describe('Who said it.'),
  role: z.string().nullable(),
  tags: z.array(z.string()),
  state: z.string(),
  version: z.number(),
  origin: z.string(),
  trust: z.number().describe('0 untrusted (web, tools), 1 unverified, 2 ordinary, 3 confirmed.'),
  superseded_by: z.string().nullable(),
};

export const wholeMemoryShape = {
  ...memoryShape,
  keywords: z.array(z.string()),
  context: z.string().nullable(),
  session_id: z.string().nullable(),
  place: z.string().nullable(),
  revised_at: z.string(),
  sources: z.array(z.string()).describe('Ids of the episodes it rests on.'),
  metadata: z.record(z.string(), z.unknown()),
};

const memorySchema = z.object(memoryShape);
const wholeMemorySchema = z.object(wholeMemoryShape);
export type MemoryView = z.output<typeof memorySchema>;
export type WholeMemoryView = z.output<typeof wholeMemorySchema>;

/** As one of many. */
export function memoryView(memory: Memory): MemoryView {
  const text = cut(memory.text, limits.mcpTextCharacters);
  return {
    id: memory.id,
    namespace: memory.namespace,
    kind: memory.kind,
    text,
    is_cut: text.length < memory.text.length,
    timestamp: memory.timestamp,
    created_at: memory.createdAt,
    valid_at: memory.validAt,
    invalid_at: memory.invalidAt,
    name: memory.name,
    role: memory.role,
    tags: [...memory.tags],
    state: memory.state,
    version: memory.version,
    origin: memory.origin,
    trust: memory.trust,
    superseded_by: memory.supersededBy,
  };
}

/** By itself, with all that is known of it. */
export function wholeMemoryView(memory: Memory): WholeMemoryView {
  return {
    ...memoryView(memory),
    text: memory.text,
    is_cut: false,
    keywords: [...memory.keywords],
    context: memory.context,
    session_id: memory.sessionId,
    place: memory.place,
    revised_at: memory.revisedAt,
    sources: [...memory.sources],
    metadata: { ...memory.metadata },
  };
}
