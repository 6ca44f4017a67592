import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { analyzer, workingSetOf } from '../../test/working-set-of.ts';
import { memoryNeed } from './gate.ts';

const messageSchema = z.object({ text: z.string(), kind: z.string(), needsMemory: z.boolean() });
const fixture = z
  .object({ names: z.array(z.string()), messages: z.array(messageSchema) })
  .parse(JSON.parse(readFileSync(new URL('../../test/fixtures/gate.json', import.meta.url), 'utf8')));

/** A memory in which the names of the fixture are known, by who speaks and by what is said. */
const set = workingSetOf([
  { text: 'I moved to Lisbon and live on Harbour Street now.', speaker: 'Caroline' },
  { text: 'Bluebird is the code name of the new project.', speaker: 'Priya' },
  { text: 'Minka had to see the vet.', speaker: 'Tomasz' },
]);

const isNeeded = (text: string): boolean => memoryNeed({ text, set, analyzer }).isNeeded;

interface Figures {
  readonly precision: number;
  readonly recall: number;
  readonly accuracy: number;
}

/** The patterns were tuned on the messages at even places; those at odd places were only counted. */
function figuresOf(parity: 0 | 1): Figures {
  const messages = fixture.messages.filter((_, index) => index % 2 === parity);
  const given = messages.map(({ text, needsMemory }) => ({ needsMemory, isNeeded: isNeeded(text) }));
  const count = (needsMemory: boolean, needed: boolean): number =>
    given.filter((one) => one.needsMemory === needsMemory && one.isNeeded === needed).length;
  return {
    precision: count(true, true) / (count(true, true) + count(false, true)),
    recall: count(true, true) / (count(true, true) + count(true, false)),
    accuracy: (count(true, true) + count(false, false)) / messages.length,
  };
}

describe('the gate before memory', () => {
  it('is measured on at least 200 messages, half of which need memory', () => {
    expect(fixture.messages.length).toBeGreaterThanOrEqual(200);
    expect(new Set(fixture.messages.map(({ text }) => text)).size).toBe(fixture.messages.length);
    expect(fixture.messages.filter(({ needsMemory }) => needsMemory).length).toBe(fixture.messages.length / 2);
  });

  it('keeps its precision and recall, on the messages it was tuned on and on the others', () => {
    const [tuned, unseen] = [figuresOf(0), figuresOf(1)];
    const shown = ({ precision, recall, accuracy }: Figures): string =>
      `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}, accuracy ${accuracy.toFixed(3)}`;
    process.stdout.write(`gate, tuned half: ${shown(tuned)}\ngate, other half: ${shown(unseen)}\n`);
    expect(Math.min(tuned.precision, tuned.recall)).toBeGreaterThanOrEqual(0.95);
    expect(Math.min(unseen.precision, unseen.recall)).toBeGreaterThanOrEqual(0.85);
  });

  it('opens for the past, a known name, the person, something shared', () => {
    const because = (text: string): string => memoryNeed({ text, set, analyzer }).because;
    expect(because('Did we talk about it?')).toBe('past');
    expect(because('Where is Caroline?')).toBe('name');
    expect(because('where is caroline?')).toBe('name');
    expect(because('Is the Bluebird ready?')).toBe('name');
    expect(because('Where is Jonathan?')).toBe('general');
    expect(because('Where do I live?')).toBe('self');
    expect(because('How did the interview go?')).toBe('shared');
  });

  it('does not open for what stands in a text to work on', () => {
    for (const text of ['Translate: where do we live?', 'What does "my" mean?', 'Fix this:\n```\nlet my = 1\n```']) {
      expect(isNeeded(text), text).toBe(false);
    }
    expect(isNeeded('Translate this as I like it: good evening')).toBe(true);
  });

  it('stays shut for nothing, signs and pictures', () => {
    for (const text of ['', ' ', '...', '🎉🎉', '?!']) expect(isNeeded(text), text).toBe(false);
  });

  it('answers in no time, however long the message is', () => {
    const before = performance.now();
    for (const piece of ['"a ', "' ", '```', 'can you ', 'A ', 'the '])
      memoryNeed({ text: piece.repeat(100_000), set, analyzer });
    expect(performance.now() - before).toBeLessThan(2_000);
  });
});
