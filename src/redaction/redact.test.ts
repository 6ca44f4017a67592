import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { personalKinds, type SensitiveKind, secretKinds, sensitiveKinds } from './detector.ts';
import { findSensitive, redactText } from './redact.ts';

const all = new Set(sensitiveKinds);
const secrets = new Set(secretKinds);

/** Numbers of 0 up to 1, the same ones every time (mulberry32). */
function newRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const random = newRandom(20_240_508);
const some = (length: number, alphabet = letters) =>
  Array.from({ length }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');

/** Made up here, in parts, so that no scanner takes this file for a leak. */
const makers: readonly (readonly [SensitiveKind, () => string])[] = [
  ['api_key', () => `AK${'IA'}${some(16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`],
  ['api_key', () => `gh${'p_'}${some(36)}`],
  ['api_key', () => `github${'_pat_'}${some(22)}_${some(59)}`],
  ['api_key', () => `gl${'pat-'}${some(20)}`],
  ['api_key', () => `xox${'b-'}${some(12, '0123456789')}-${some(12, '0123456789')}-${some(24)}`],
  ['api_key', () => `AI${'za'}${some(35)}`],
  ['api_key', () => `sk_${'live_'}${some(24)}`],
  ['api_key', () => `sk-${'ant-'}api03-${some(93)}`],
  ['api_key', () => `sk-${'proj-'}${some(48)}`],
  ['api_key', () => `sk-${some(48)}`],
  ['api_key', () => `h${'f_'}${some(34)}`],
  ['api_key', () => `np${'m_'}${some(36)}`],
  ['api_key', () => `S${'G.'}${some(22)}.${some(43)}`],
  ['api_key', () => `ecphory_${some(12)}_${some(43)}`],
  ['token', () => `ey${'J'}${some(20)}.ey${'J'}${some(60)}.${some(43)}`],
  [
    'private_key',
    () => `-----BEGIN RSA PRIVATE ${'KEY'}-----\n${some(64)}\n${some(40)}==\n-----END RSA PRIVATE KEY-----`,
  ],
];

const wrappings: readonly ((secret: string) => string)[] = [
  (secret) => secret,
  (secret) => `My key is ${secret}, please remember it.`,
  (secret) => `export API_KEY="${secret}"`,
  (secret) => `{"key":"${secret.replaceAll('\n', '\\n')}"}`,
  (secret) => `curl -H "X-Key: ${secret}" https://api.example.com`,
  (secret) => `https://example.com/?key=${secret.replaceAll('\n', '')}&x=1`,
  (secret) => `- ${secret}\n- second line`,
  (secret) => `'${secret}'`,
  (secret) => `(${secret})`,
  (secret) => `\`${secret}\``,
];

describe('secrets', () => {
  test('320 made-up ones in 10 wrappings are all found', () => {
    const missed: string[] = [];
    for (const [kind, make] of makers) {
      for (let count = 0; count < 20; count += 1) {
        const secret = make();
        const text = (wrappings[count % wrappings.length] ?? String)(secret);
        const redacted = redactText(text, secrets);
        const kept = redacted.includes(secret.slice(-12)) || redacted.includes(secret.slice(4, 16));
        if (kept || !/\[redacted:\w+\]/.test(redacted)) missed.push(`${kind}: ${text}`);
      }
    }
    expect(missed).toEqual([]);
  });

  test.each([
    ['postgres://app:s3cr3tPw@db.internal:5432/app', 'postgres://app:[redacted:password]@db.internal:5432/app'],
    ['redis://:p%40ss1@10.0.0.1', 'redis://:[redacted:password]@10.0.0.1'],
    ['The wifi password is hunter2024, tell nobody', 'The wifi password is [redacted:password], tell nobody'],
    ['PASSWORD=correct-horse-7', 'PASSWORD=[redacted:password]'],
    ['"client_secret": "q8Zt0PqL2mNx7Rv4"', '"client_secret": "[redacted:password]"'],
    ['Authorization: Bearer 9f8e7d6c5b4a39281706abcd', 'Authorization: Bearer [redacted:token]'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactText(text, secrets)).toBe(expected);
  });
});

describe('personal data', () => {
  test.each([
    ['Write to jo.o-hara+x@mail.example.co.uk.', 'Write to [redacted:email].'],
    ['Call +49 (30) 901820-55 or (415) 555-2671.', 'Call [redacted:phone] or [redacted:phone].'],
    ['my phone number is 07700 900123', 'my phone number is [redacted:phone]'],
    ['Visa 4111 1111 1111 1111, thanks', 'Visa [redacted:card], thanks'],
    ['amex 378282246310005', 'amex [redacted:card]'],
    ['IBAN DE89 3704 0044 0532 0130 00.', 'IBAN [redacted:iban].'],
    ['GB82WEST12345698765432', '[redacted:iban]'],
  ])('%j becomes %j', (text, expected) => {
    expect(redactText(text, all)).toBe(expected);
  });

  test('of a kind that was not asked for stays', () => {
    expect(redactText('a@b.example, +49 30 90182055', new Set(['phone']))).toBe('a@b.example, [redacted:phone]');
  });
});

describe('what is neither stays word for word', () => {
  test.each([
    'The order number is 4111 1111 1111 1112 and the total 1,234,567.89.',
    'We met on 2024-05-08 at 13:56, then 08.05.2024, and left 1999-2004.',
    'Version 10.2.3.4, address 192.168.178.201, pi is 3.14159265358979.',
    'The token count is 4096; the password is needed; pass the secret: nobody knows it.',
    'const token = parseToken(text); password: string; apiKey: process.env.KEY_2;',
    'max_tokens: 32000, api_key=$OPENAI_API_KEY, token: <your-token-here1>, password=********',
    'ssh://git@host/path, https://example.com:8080/a@b, http://[::1]:80/x@y',
    'sk-learn is a library; ghp_ is a prefix; AKIA is short; DE89 alone is no account.',
    'Her handle is @alice and the ratio is 3@4; tel aviv in 2019 had 460613 people.',
    'isbn 978-3-16-148410-0, uuid 123e4567-e89b-12d3-a456-426614174000, sha 9f86d081884c7d659a2feaa0c55ad015',
    'note_01hv4k8x2m7q0r9d3c5b6a7f8e, episode_01hv4k8x2m7q0r9d3c5b6a7f8e',
  ])('%j', (text) => {
    expect(redactText(text, all)).toBe(text);
  });

  test('also in the source and the pages of this project: fewer than one line of 1,000 has a finding', () => {
    const root = new URL('../../', import.meta.url);
    const paths = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /^(?:src|eval|docs)\/.*\.(?:ts|md)$|^\w+\.md$/.test(path) && !path.startsWith('src/redaction/'),
    );
    const lines = paths.flatMap((path) => readFileSync(new URL(path, root), 'utf8').split('\n'));
    const found = lines.filter((line) => findSensitive(line, secrets).length > 0);
    expect(lines.length).toBeGreaterThan(10_000);
    expect(found.length, found.join('\n')).toBeLessThan(lines.length / 1_000);
  });
});

describe('redaction', () => {
  test('done twice is as done once', () => {
    const piece = fc.oneof(
      fc.constantFrom(...makers.map(([, make]) => make())),
      fc.constantFrom(
        'a@b.example',
        ' ',
        ':',
        '@',
        'password=',
        'token: ',
        '://',
        '[redacted:email]',
        '+49 30 90182055',
      ),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const once = redactText(pieces.join(''), all);
        expect(redactText(once, all)).toBe(once);
      }),
    );
  });

  test('findings are in order and apart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...makers.map(([, make]) => make()), 'x@y.example', '4111111111111111 ')),
        (parts) => {
          const text = parts.join(' ');
          let last = 0;
          for (const { start, end } of findSensitive(text, all)) {
            expect(start).toBeGreaterThanOrEqual(last);
            expect(end).toBeGreaterThan(start);
            last = end;
          }
        },
      ),
    );
  });

  test('takes time linear in the text, whatever it is', () => {
    const hostile = [
      'a@',
      'a',
      '1 ',
      '+1',
      'eyJa.',
      '-----BEGIN PRIVATE KEY-----',
      'password=',
      'x://',
      'AB12 ',
      '://a:',
      'token: a1b2',
      'bearer  ',
    ];
    for (const piece of hostile) {
      const text = piece.repeat(Math.ceil(65_536 / piece.length));
      const startedAt = performance.now();
      findSensitive(text, all);
      expect(performance.now() - startedAt, piece).toBeLessThan(1_000);
    }
  });

  test('knows each kind once', () => {
    expect([...secretKinds, ...personalKinds]).toEqual([...sensitiveKinds]);
  });
});
