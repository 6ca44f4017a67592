import { validateNamespace } from '@langchain/langgraph-checkpoint';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeLabel, encodeLabel } from '../../src/integrations/langgraph/label.ts';
import { labelsOf, placeOf } from '../../src/integrations/langgraph/place.ts';
import { namespaceLabel, textOfNamespaceLabel } from '../../src/integrations/memory-tools/namespace-label.ts';
import { parseNamespace } from '../../src/memory/scope.ts';

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.stringMatching(/^(?:[a~.:%/*\0 2Eé-]|\u0301){0,8}$/),
  fc.constantFrom('.', '..', '', 'langgraph', '%', '~', '\ufeff', '\u0085', '\u00a0x\u3000', 'a/b'),
);

test('encodeLabel makes any text a label that LangGraph takes, and back', () => {
  expect(encodeLabel('ana@example.com')).toBe('ana@example~2Ecom');
  expect(encodeLabel('user:1')).toBe('user~3A1');
  fc.assert(
    fc.property(anyText, (text) => {
      const label = encodeLabel(text);
      validateNamespace([label]);
      expect(decodeLabel(label)).toBe(text);
    }),
  );
});

test('namespaceLabel makes any text one label of a namespace of ours, and back', () => {
  expect(namespaceLabel('ana@example.com')).toBe('ana@example.com');
  expect(namespaceLabel('a/b')).toBe('a%2Fb');
  fc.assert(
    fc.property(anyText, (text) => {
      const label = namespaceLabel(text);
      expect(label).not.toContain('/');
      expect(parseNamespace(`users/${label}`)).toBe(`users/${label}`);
      expect(textOfNamespaceLabel(label)).toBe(text);
    }),
  );
});

test('a namespace of LangGraph has one place, and no two share it', () => {
  fc.assert(
    fc.property(fc.array(anyText, { maxLength: 6 }), fc.array(anyText, { maxLength: 6 }), (one, other) => {
      const place = placeOf('root', one);
      expect(labelsOf('root', place)).toEqual(one);
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(placeOf('root', other)).not.toBe(place);
    }),
  );
});
