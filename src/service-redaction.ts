import type { Json, Metadata } from './memory/episode.ts';
import { EcphoryError, type Fault } from './memory/errors.ts';
import type { ExportLines } from './memory/exchange.ts';
import type { AddInput, MemoryService, MessageInput, UpdateInput } from './memory/service.ts';
import type { SensitiveKind } from './redaction/detector.ts';
import { findSensitive, redactText } from './redaction/redact.ts';

/** What becomes of secrets and personal data in what is about to be stored. */
export interface Redaction {
  /** `redact`: placeholders such as `[redacted:email]` are stored. `reject`: nothing is, and the caller is told where. */
  readonly mode: 'redact' | 'reject';
  readonly kinds: ReadonlySet<SensitiveKind>;
  /** Told of every finding; never what it was. */
  readonly onFound?: (kind: SensitiveKind, mode: 'redact' | 'reject') => void;
}

/**
 * A memory service that no secret gets through: before anything is checked, embedded, given to a model or stored. Texts,
 * tags, places, metadata and facts are looked at. Names of namespaces, sessions and speakers are not: they are
 * addresses, and a placeholder would make one of two. A query is redacted in both modes, since it goes to an embedder.
 */
export function redacting(memory: MemoryService, redaction: Redaction): MemoryService {
  const { mode, kinds, onFound = () => {} } = redaction;

  return {
    ...memory,
    add: async (input, options) => memory.add(cleanAdd(input, ''), options),
    // One item refuses all of them: a caller that sends secrets had better look before it sends more.
    async addBatch(items, options) {
      return memory.addBatch(
        items.map((item, index) => cleanAdd(item, `/items/${index}`)),
        options,
      );
    },
    update: async (id, input, options) => memory.update(id, cleanUpdate(input), options),
    async addFact(input, options) {
      const { subject, attribute, value } = input;
      const [place, faults] = newFaults();
      const clean = {
        ...input,
        subject: text(subject, place('/subject')),
        attribute: text(attribute, place('/attribute')),
        value: text(value, place('/value')),
      };
      refuse(faults);
      return memory.addFact(clean, options);
    },
    async invalidate(id, input, options) {
      if (input?.reason === undefined) return memory.invalidate(id, input, options);
      return memory.invalidate(id, { ...input, reason: inQuery(input.reason) }, options);
    },
    import: async (lines, options) => memory.import(cleanLines(lines), options),
    search: async (input) => memory.search({ ...input, query: inQuery(input.query) }),
    context: async (input) => memory.context({ ...input, query: inQuery(input.query) }),
  };

  /** An export is lines of JSON; what it names things by stays. */
  async function* cleanLines(lines: ExportLines): AsyncGenerator<string> {
    let number = 0;
    for await (const line of lines) {
      number += 1;
      if (findSensitive(line, kinds).length === 0) {
        yield line;
        continue;
      }
      const [place, faults] = newFaults();
      const found = place(`/lines/${number}`);
      // A line that is no JSON is refused by who reads it.
      const cleaned = cleanJson(line, (name, value) => (addresses.has(name) ? value : text(value, found)));
      refuse(faults);
      yield cleaned;
    }
  }

  function cleanAdd(input: AddInput, at: string): AddInput {
    const [place, faults] = newFaults();
    const tags = input.tags?.map((tag, index) => text(tag, place(`${at}/tags/${index}`)));
    const shared = {
      ...(tags !== undefined && { tags }),
      ...(input.metadata !== undefined && { metadata: metadata(input.metadata, place(`${at}/metadata`)) }),
    };
    const cleaned: AddInput =
      'messages' in input
        ? {
            ...input,
            ...shared,
            messages: input.messages.map((message, index) => cleanMessage(message, `${at}/messages/${index}`, place)),
          }
        : {
            ...input,
            ...shared,
            text: text(input.text, place(`${at}/text`)),
            ...(input.place !== undefined && { place: text(input.place, place(`${at}/place`)) }),
          };
    refuse(faults);
    return cleaned;
  }

  function cleanMessage(message: MessageInput, at: string, place: (pointer: string) => Found): MessageInput {
    return {
      ...message,
      content: text(message.content, place(`${at}/content`)),
      ...(message.place !== undefined && { place: text(message.place, place(`${at}/place`)) }),
      ...(message.metadata !== undefined && { metadata: metadata(message.metadata, place(`${at}/metadata`)) }),
    };
  }

  function cleanUpdate(input: UpdateInput): UpdateInput {
    const [place, faults] = newFaults();
    const tags = input.tags?.map((tag, index) => text(tag, place(`/tags/${index}`)));
    const cleaned = {
      ...input,
      ...(input.text !== undefined && { text: text(input.text, place('/text')) }),
      ...(tags !== undefined && { tags }),
      ...(input.metadata !== undefined && { metadata: metadata(input.metadata, place('/metadata')) }),
    };
    refuse(faults);
    return cleaned;
  }

  function text(given: string, found: Found): string {
    if (mode === 'redact') return redactText(given, kinds, (kind) => onFound(kind, mode));
    for (const { kind } of findSensitive(given, kinds)) {
      onFound(kind, mode);
      found(kind);
    }
    return given;
  }

  function metadata(given: Metadata, found: Found): Metadata {
    return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, json(value, found)]));
  }

  function json(value: Json, found: Found): Json {
    if (typeof value === 'string') return text(value, found);
    if (Array.isArray(value)) return value.map((item: Json) => json(item, found));
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, json(item as Json, found)]));
  }

  function inQuery(query: string): string {
    return redactText(query, kinds);
  }
}

/** Fields of an export by which things are found again. */
const addresses: ReadonlySet<string> = new Set(['namespace', 'namespaces', 'session_id', 'sessionId', 'speaker', 'id']);

function cleanJson(line: string, clean: (name: string, value: string) => string): string {
  try {
    const parsed: unknown = JSON.parse(line, (name, value: unknown) =>
      typeof value === 'string' ? clean(name, value) : value,
    );
    return JSON.stringify(parsed);
  } catch {
    return line;
  }
}

type Found = (kind: SensitiveKind) => void;

/** Gathers where something was found, so that the caller can mend all of it at once. Never says what. */
function newFaults(): readonly [(pointer: string) => Found, readonly Fault[]] {
  const faults: Fault[] = [];
  return [
    (pointer) => (kind) => faults.push({ pointer, message: `This looks like a secret or personal data (${kind}).` }),
    faults,
  ];
}

function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first !== undefined) throw new EcphoryError('invalid', first.message, { faults });
}
