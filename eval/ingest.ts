import { limits } from '../src/memory/limits.ts';
import type { Conversation, Session, Turn } from './datasets/dataset.ts';

/** One request to store something. */
export interface AddRequest {
  readonly path: string;
  readonly body: object;
  /** Whose memory each part of the answer is, in order; a long turn stands there once for each of its parts. */
  readonly turns: readonly Turn[];
}

interface Part {
  readonly turn: Turn;
  readonly text: string;
}

/** Half of what a request may hold: JSON escapes and UTF-8 can make a text longer than its characters. */
const charactersPerRequest = limits.bodyBytes / 4;

/** The requests that store a conversation: a dialogue's turns by session, in order; a document as one text. */
export function* addRequests(conversation: Conversation, namespace: string): Generator<AddRequest> {
  for (const [position, session] of conversation.sessions.entries()) {
    for (const parts of requestsOf(session)) {
      const turns = parts.map((part) => part.turn);
      const messages = parts.map(({ turn, text }) => ({ content: text, ...details(turn) }));
      const body = session.isDialogue
        ? { namespace, session_id: `session-${position + 1}`, messages }
        : { namespace, ...textOf(parts) };
      yield { path: '/v1/memories', body, turns };
    }
  }
}

/** A session in as few requests as the limits allow. A document's parts go alone. */
function requestsOf(session: Session): readonly (readonly Part[])[] {
  const requests: Part[][] = [];
  let characters = Number.POSITIVE_INFINITY;
  for (const part of session.turns.flatMap(partsOf)) {
    const isFull = characters + part.text.length > charactersPerRequest;
    const current = requests.at(-1);
    if (current === undefined || isFull || !session.isDialogue || current.length === limits.messagesPerAdd) {
      requests.push([part]);
      characters = part.text.length;
    } else {
      current.push(part);
      characters += part.text.length;
    }
  }
  return requests;
}

function partsOf(turn: Turn): readonly Part[] {
  return splitText(turn.text, limits.textCharacters).map((text) => ({ turn, text }));
}

/** Cuts a text into parts of at most `charactersMax`, after a paragraph, else a line, else a word, else anywhere whole. */
export function splitText(text: string, charactersMax: number): readonly string[] {
  const parts: string[] = [];
  let rest = text;
  while (rest.length > charactersMax) {
    const head = rest.slice(0, charactersMax);
    const cut = ['\n\n', '\n', ' ']
      .map((mark) => head.lastIndexOf(mark))
      .find((position) => position > charactersMax / 2);
    // Never between the two halves of a character.
    const end = cut ?? (head.isWellFormed() ? charactersMax : charactersMax - 1);
    parts.push(rest.slice(0, end).trim());
    rest = rest.slice(end).trim();
  }
  return [...parts, rest].filter((part) => part !== '');
}

function textOf(parts: readonly Part[]): object {
  const [part] = parts;
  return part === undefined ? {} : { text: part.text, ...details(part.turn) };
}

function details(turn: Turn): object {
  return {
    ...(turn.role !== null && { role: turn.role }),
    ...(turn.speaker !== null && { name: turn.speaker }),
    ...(turn.timestamp !== null && { timestamp: turn.timestamp }),
  };
}
