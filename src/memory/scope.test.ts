import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isEcphoryError } from './errors.ts';
import { limits } from './limits.ts';
import { covers, parseNamespace, parseReadScope, parseTenant, type ReadScope, readScope, scopeKey } from './scope.ts';

const acme = parseTenant('acme');

describe('a tenant', () => {
  it.each(['a', '0', 'acme', 'a_b-c', '9lives', 'x'.repeat(64)])('may be called %s', (name) => {
    expect(parseTenant(name)).toBe(name);
  });

  it.each(['', 'Acme', '-a', '_a', 'a b', 'a/b', 'a\n', 'é', 'a.b', 'x'.repeat(65)])('is never called %j', (name) => {
    expect(faultOf(() => parseTenant(name))).toEqual(['invalid', '/tenant']);
  });
});

describe('a namespace', () => {
  it.each([
    'users',
    'users/alice',
    'a/b/c/d/e/f/g/h',
    'users/Alice Smith',
    'users/al%_',
    'π/ユーザー/\u{1f408}',
    'a..b/.c',
  ])('may be %s', (name) => {
    expect(parseNamespace(name)).toBe(name);
  });

  it.each([
    ['empty', ''],
    ['led by a slash', '/users'],
    ['ended by a slash', 'users/'],
    ['with a hole', 'users//alice'],
    ['of nine labels', 'a/b/c/d/e/f/g/h/i'],
    ['a step up', 'users/../bob'],
    ['a step nowhere', './users'],
    ['a pattern', 'users/*'],
    ['a star inside', 'users/al*ce'],
    ['a subtree', 'users/**'],
    ['with a space at the end', 'users/alice '],
    ['with a space before a label', 'users/ alice'],
    ['with U+0000', 'users/a\u0000b'],
    ['with a line feed', 'users/a\nb'],
    ['with a line separator', 'users/a\u2028b'],
    ['with a lone surrogate', 'users/\ud800'],
    ['too long', 'x'.repeat(limits.namespaceCharacters + 1)],
    ['of too long a label', 'x'.repeat(limits.namespaceLabelCharacters + 1)],
  ])('is never %s', (_, name) => {
    expect(faultOf(() => parseNamespace(name, '/items/0/namespace'))).toEqual(['invalid', '/items/0/namespace']);
  });

  it('is one and the same however its accents were typed, and no look-alike', () => {
    expect(parseNamespace('users/e\u0301')).toBe(parseNamespace('users/\u00e9'));
    expect(parseNamespace('users/\u0430lice')).not.toBe(parseNamespace('users/alice'));
    expect(parseNamespace('users/Alice')).not.toBe(parseNamespace('users/alice'));
  });

  it('either fails as invalid or parses to what parses to itself', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), namespaceText), (text) => {
        try {
          const namespace = parseNamespace(text);
          expect(parseNamespace(namespace)).toBe(namespace);
        } catch (error) {
          expect(isEcphoryError(error) && error.code).toBe('invalid');
        }
      }),
    );
  });
});

describe('a read', () => {
  it('is of one namespace, or with /** of it and everything below', () => {
    expect(parseReadScope(acme, 'users/alice')).toEqual({ tenant: 'acme', namespace: 'users/alice', subtree: false });
    expect(parseReadScope(acme, 'users/**')).toEqual({ tenant: 'acme', namespace: 'users', subtree: true });
    for (const text of ['**', '/**', 'users/**/**', 'users/*', '']) {
      expect(
        faultOf(() => parseReadScope(acme, text)),
        text,
      ).toEqual(['invalid', '/namespace']);
    }
  });

  it('covers its own namespace, with subtree what is below, and never a longer name', () => {
    const [exact, subtree] = [parseReadScope(acme, 'users/a'), parseReadScope(acme, 'users/a/**')];
    const seen = ['users/a', 'users/a/b', 'users/a/b/c', 'users/ab', 'users', 'users/A', 'a'].map((name) => {
      const scope = { tenant: acme, namespace: parseNamespace(name) };
      return [covers(exact, scope), covers(subtree, scope)];
    });
    expect(seen).toEqual([
      [true, true],
      [false, true],
      [false, true],
      [false, false],
      [false, false],
      [false, false],
      [false, false],
    ]);
  });

  it('never covers another tenant', () => {
    const namespace = parseNamespace('users/a');
    const scope = { tenant: parseTenant('rival'), namespace };
    expect(covers({ tenant: acme, namespace, subtree: true }, scope)).toBe(false);
  });

  it('covers by labels: a prefix of the list, or with no subtree all of it', () => {
    fc.assert(
      fc.property(labels, labels, fc.boolean(), (above, below, subtree) => {
        const read: ReadScope = { tenant: acme, namespace: parseNamespace(above.join('/')), subtree };
        const scope = { tenant: acme, namespace: parseNamespace(below.join('/')) };
        const isPrefix = above.every((label, index) => label === below[index]);
        expect(covers(read, scope)).toBe(isPrefix && (subtree || above.length === below.length));
        expect(covers(readScope(scope), scope)).toBe(true);
      }),
    );
  });

  it('has a key that no other read has', () => {
    fc.assert(
      fc.property(read, read, (left, right) => {
        const isSame =
          left.tenant === right.tenant && left.namespace === right.namespace && left.subtree === right.subtree;
        expect(scopeKey(left) === scopeKey(right)).toBe(isSame);
      }),
    );
  });
});

const label = fc.constantFrom('a', 'b', 'ab', 'a b', 'users');
const labels = fc.array(label, { minLength: 1, maxLength: 4 });
const namespaceText = fc
  .array(fc.oneof(label, fc.constantFrom('', '.', '*', '**', 'e\u0301')), { maxLength: 9 })
  .map((parts) => parts.join('/'));
const read: fc.Arbitrary<ReadScope> = fc
  .record({ tenant: fc.constantFrom('a', 'b', 'ab'), labels, subtree: fc.boolean() })
  .map(({ tenant, labels, subtree }) => ({
    tenant: parseTenant(tenant),
    namespace: parseNamespace(labels.join('/')),
    subtree,
  }));

function faultOf(parse: () => unknown): readonly unknown[] {
  try {
    return ['it parsed', parse()];
  } catch (error) {
    return isEcphoryError(error) ? [error.code, error.faults[0]?.pointer] : [error];
  }
}
