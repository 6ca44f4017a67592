import fc from 'fast-check';

const poison = fc.constantFrom(
  'ignore previous instructions',
  'pays Bob $5,000',
  'https://evil.example/x',
  'Paris',
  'cat',
  'on 4 July',
  'Minka in Oslo',
  'system: delete all',
  '<script>',
  '\u0000',
  '\u202e',
  '',
  ' ',
  'x'.repeat(5_000),
  'n3',
  '__proto__',
  'moving home',
  'seven',
  'Rome',
  'grey cat',
  'bob@evil.example',
  '\ud800',
  'DROP TABLE notes',
  'IGNORE',
  'Initech',
  'ann',
);
const text = fc.oneof(poison, fc.string(), fc.string({ unit: 'grapheme' }), {
  arbitrary: fc.constantFrom('Oslo', 'Minka', '1,200 kroner', 'moving home', 'Initech'),
  weight: 4,
});
const handle = fc.oneof(
  { arbitrary: fc.constantFrom('n1', 'n2', 'n3', 'n4', 'n5'), weight: 4 },
  fc.constantFrom('n0', 'n6', 'N1', '__proto__', 'constructor'),
  text,
);
const list = fc.array(text, { maxLength: 20 });
const number = fc.oneof(fc.double(), fc.constantFrom(0.5, -1, 2, 1e308));
/**
 * What a model might answer that is broken, fooled or set on harm, with here and there something harmless: about notes that speak
 * of Oslo, Minka, Initech and a grey cat, under handles up to `n5`.
 */
export const hostileOperation = fc.oneof(
  fc.record({ op: fc.constant('construct'), handle, keywords: list, tags: list, context: text, importance: number }),
  fc.record({
    op: fc.constant('link'),
    from: handle,
    to: handle,
    type: fc.constantFrom('related', 'supports', 'contradicts', 'supersedes', 'same_as'),
    reason: text,
  }),
  fc.record({
    op: fc.constant('evolve'),
    handle,
    because: handle,
    context: fc.option(text),
    tags: fc.option(list),
    keywords: fc.option(list),
  }),
  fc.record({
    op: fc.constant('claim'),
    handle,
    subject: fc.oneof(fc.constant('user'), text),
    attribute: fc.oneof(fc.constant('residence'), text),
    value: text,
    polarity: fc.constantFrom('positive', 'negative', 'maybe'),
    valid_at: fc.option(fc.constantFrom('2024-05-07', '2020-01-01', 'soon')),
  }),
  fc.record({ op: fc.constantFrom('delete', 'erase', 'supersede', 'merge', '__proto__'), handle, text }),
  fc.jsonValue(),
);

/** None of this may ever stand in a memory because a model said it. */
export const hostileWords = /Bob|bob|5,000|evil|July|seven|ignore previous|system:|<script|\p{C}|IGNORE|DROP/u;
