import { claimKey } from '../memory/claim.ts';
import { EcphoryError, type Fault } from '../memory/errors.ts';
import type { FactInput } from '../memory/knowledge.ts';
import { limits } from '../memory/limits.ts';
import type { AddInput, MessageInput } from '../memory/service.ts';
import { parseTime } from '../memory/time.ts';

/** Collects everything wrong with an input, so that the caller can mend it all at once. */
export function checkAdd(input: AddInput): void {
  const faults: Fault[] = [];
  checkName(faults, input.sessionId, 'session_id');
  checkLabels(faults, input.tags);
  checkMetadata(faults, input.metadata, '/metadata');
  if ('messages' in input) {
    if (input.messages.length === 0) faults.push({ pointer: '/messages', message: 'At least one message is needed.' });
    if (input.messages.length > limits.messagesPerAdd) {
      throw new EcphoryError('too_large', `One add holds at most ${limits.messagesPerAdd} messages.`, {
        pointer: '/messages',
      });
    }
    input.messages.forEach((message, index) => {
      checkMessage(faults, message, `/messages/${index}`, 'content');
    });
  } else {
    checkMessage(faults, { ...input, content: input.text }, '', 'text');
  }
  refuse(faults);
}

export function checkUpdate(input: {
  readonly text?: string;
  readonly tags?: readonly string[];
  readonly metadata?: object;
}): void {
  const faults: Fault[] = [];
  if (input.text !== undefined) checkText(faults, input.text, '/text');
  checkLabels(faults, input.tags);
  checkMetadata(faults, input.metadata, '/metadata');
  refuse(faults);
}

export function checkFact(input: FactInput): void {
  const faults: Fault[] = [];
  checkTerm(faults, input.subject, '/subject', limits.nameCharacters);
  checkTerm(faults, input.attribute, '/attribute', limits.nameCharacters);
  checkTerm(faults, input.value, '/value', limits.factValueCharacters);
  if (input.validAt !== undefined && parseTime(input.validAt) === null) {
    faults.push({ pointer: '/valid_at', message: timeProblem(input.validAt) });
  }
  refuse(faults);
}

/** What facts are looked up by: has something left when it is folded. */
export function checkTerms(terms: { readonly [name: string]: string | undefined }): void {
  const faults: Fault[] = [];
  for (const [name, text] of Object.entries(terms)) {
    if (text !== undefined) checkTerm(faults, text, `/${name}`, limits.nameCharacters);
  }
  refuse(faults);
}

/** A name or a line that may be left out, such as a reason. */
export function checkLine(text: string | undefined, field: string): void {
  const faults: Fault[] = [];
  checkName(faults, text, field);
  refuse(faults);
}

/** @throws EcphoryError `invalid` at `/limit`, or at another field */
export function checkedCount(
  count: number | undefined,
  bounds: { readonly byDefault: number; readonly max: number; readonly field?: string },
): number {
  if (count === undefined) return bounds.byDefault;
  if (!Number.isInteger(count) || count < 1 || count > bounds.max) {
    const { field = 'limit' } = bounds;
    throw new EcphoryError('invalid', `The ${field} is a whole number from 1 to ${bounds.max}.`, {
      pointer: `/${field}`,
    });
  }
  return count;
}

export function checkQuery(query: string): void {
  const faults: Fault[] = [];
  checkText(faults, query, '/query', limits.queryCharacters);
  refuse(faults);
}

/** @throws EcphoryError `invalid` at `pointer` */
export function requireTime(value: string, pointer: string): number {
  const at = parseTime(value);
  if (at === null) throw new EcphoryError('invalid', timeProblem(value), { pointer });
  return at;
}

function checkMessage(faults: Fault[], message: MessageInput, at: string, textField: string): void {
  checkText(faults, message.content, `${at}/${textField}`);
  checkName(faults, message.name, `${at}/name`);
  checkName(faults, message.place, `${at}/place`);
  if (at !== '') checkMetadata(faults, message.metadata, `${at}/metadata`);
  if (message.timestamp !== undefined && parseTime(message.timestamp) === null) {
    faults.push({ pointer: `${at}/timestamp`, message: timeProblem(message.timestamp) });
  }
  if (message.expiresAt !== undefined && parseTime(message.expiresAt) === null) {
    faults.push({ pointer: `${at}/expires_at`, message: timeProblem(message.expiresAt) });
  }
}

function checkText(
  faults: Fault[],
  text: string,
  pointer: string,
  charactersMax: number = limits.textCharacters,
): void {
  if (text.trim() === '') faults.push({ pointer, message: 'The text is empty.' });
  else if (text.length > charactersMax) {
    faults.push({
      pointer,
      message: `The text has ${text.length} characters; at most ${charactersMax} are kept in one.`,
    });
  } else if (!text.isWellFormed()) {
    faults.push({ pointer, message: 'The text is not well-formed Unicode: it has half of a surrogate pair.' });
  } else if (text.includes('\0')) faults.push({ pointer, message: 'The text holds U+0000.' });
}

function checkName(faults: Fault[], name: string | undefined, field: string): void {
  if (name === undefined) return;
  const pointer = field.startsWith('/') ? field : `/${field}`;
  if (name.trim() === '') faults.push({ pointer, message: 'The name is empty; leave it out instead.' });
  else if (name.length > limits.nameCharacters) {
    faults.push({
      pointer,
      message: `The name has ${name.length} characters; at most ${limits.nameCharacters} are kept.`,
    });
  } else if (!name.isWellFormed() || name.includes('\0')) {
    faults.push({ pointer, message: 'The name is not well-formed Unicode, or holds U+0000.' });
  }
}

function checkTerm(faults: Fault[], text: string, pointer: string, charactersMax: number): void {
  const before = faults.length;
  checkText(faults, text, pointer, charactersMax);
  if (faults.length > before) return;
  if (/[\n\r]/.test(text)) faults.push({ pointer, message: 'The text has more than one line.' });
  else if (claimKey(text) === '') faults.push({ pointer, message: 'The text has no letter or digit.' });
}

function checkLabels(faults: Fault[], tags: readonly string[] | undefined): void {
  if (tags === undefined) return;
  if (tags.length > limits.tagsPerNote) {
    faults.push({ pointer: '/tags', message: `A memory has at most ${limits.tagsPerNote} tags.` });
    return;
  }
  tags.forEach((tag, index) => {
    const pointer = `/tags/${index}`;
    if (tag.trim() === '' || tag.length > limits.tagCharacters || !tag.isWellFormed() || tag.includes('\0')) {
      faults.push({ pointer, message: `A tag is 1 to ${limits.tagCharacters} well-formed characters.` });
    }
  });
}

function checkMetadata(faults: Fault[], metadata: object | undefined, pointer: string): void {
  if (metadata === undefined) return;
  const json = JSON.stringify(metadata);
  if (new TextEncoder().encode(json).length > limits.metadataBytes) {
    faults.push({ pointer, message: `Metadata is at most ${limits.metadataBytes} bytes of JSON.` });
  }
  // A lone surrogate is written by JSON.stringify as an escape; U+0000 always is.
  if (/\\u(?:0000|d[89a-f][0-9a-f]{2})/i.test(json)) {
    faults.push({ pointer, message: 'Metadata is not well-formed Unicode, or holds U+0000.' });
  }
  if (Object.keys(metadata).some((key) => key.length > limits.metadataKeyCharacters)) {
    faults.push({ pointer, message: `A metadata key is at most ${limits.metadataKeyCharacters} characters.` });
  }
}

function timeProblem(value: string): string {
  return `${JSON.stringify(value.slice(0, 40))} is not a time. Use ISO 8601, such as "2024-05-08T13:56:00Z".`;
}

function refuse(faults: readonly Fault[]): void {
  const [first] = faults;
  if (first !== undefined) throw new EcphoryError('invalid', first.message, { faults });
}
