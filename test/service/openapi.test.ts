import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { newApp } from '../../src/api/app.ts';
import { endpoints, openApiDocument, placeOf } from '../../src/api/openapi.ts';
import { openInMemoryStore } from '../../src/store/in-memory.ts';
import { type HttpServer, openHttpServer } from './http-server.ts';

describe('the OpenAPI document', () => {
  let server: HttpServer;
  beforeAll(async () => {
    server = await openHttpServer();
  });
  afterAll(() => server.close());

  test('is valid OpenAPI 3.1', async () => {
    const { valid, errors } = await new Validator().validate(
      JSON.parse(JSON.stringify(openApiDocument({ version: '1' }))),
    );
    expect(errors ?? []).toEqual([]);
    expect(valid).toBe(true);
  });

  test('has every address that the server answers at, and no other', () => {
    expect(served()).toEqual(Object.keys(endpoints).sort());
  });

  test('names every call once', () => {
    const ids = Object.values(endpoints).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('refers only to what is in it', () => {
    const document = JSON.stringify(openApiDocument({ version: '1' }));
    const known = JSON.parse(document) as { components: Record<string, Record<string, unknown>> };
    const references = new Set(
      [...document.matchAll(/"\$ref":"#\/components\/(\w+)\/([^"]+)"/g)].map(([whole]) => whole),
    );
    expect(references.size).toBeGreaterThan(40);
    const broken = [...references].filter((reference) => {
      const [, room = '', name = ''] = /components\/(\w+)\/([^"]+)"/.exec(reference) ?? [];
      return known.components[room]?.[name] === undefined;
    });
    expect(broken).toEqual([]);
    expect(document).not.toContain('$defs');
  });

  test('is given to everyone, without a key, at /openapi.json', async () => {
    const response = await fetch(`${server.url}/openapi.json`);
    expect(response.status).toBe(200);
    expect(response.headers.get('Content-Type')).toBe('application/json; charset=utf-8');
    expect(await response.json()).toEqual(JSON.parse(JSON.stringify(openApiDocument({ version: 'unknown' }))));
  });

  test('is a page at /docs that loads nothing and runs only its own script', async () => {
    const response = await fetch(`${server.url}/docs`);
    const page = await response.text();
    expect(response.status).toBe(200);
    const policy = response.headers.get('Content-Security-Policy') ?? '';
    expect(policy).toMatch(
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:; connect-src 'self'/,
    );
    expect(policy).not.toContain('unsafe');
    expect(page).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
    expect(page).not.toMatch(/ on\w+="| style="/);
    for (const [route, { id }] of Object.entries(endpoints)) {
      expect(page).toContain(`id="${id}"`);
      expect(page).toContain(`<code>${placeOf(route).path}</code>`);
    }
  });
});

/** What the app itself says it serves, with everything that can be switched on. */
function served(): readonly string[] {
  const store = openInMemoryStore({ clock: Date.now });
  const never = () => {
    throw new Error('Nothing is asked.');
  };
  const quiet = () => {};
  const app = newApp({
    memoryFor: never,
    keys: store.keys,
    health: never,
    isDraining: () => false,
    clock: Date.now,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    openMcp: never,
    metricsAccess: 'key',
  });
  const { stack } = app.router as unknown as {
    readonly stack: readonly {
      readonly route?: { readonly path: string; readonly methods: Record<string, boolean> };
    }[];
  };
  return stack
    .flatMap(({ route }) => {
      if (route === undefined) return [];
      // One handler for every method: it takes POST and refuses the others.
      if (route.path === '/mcp') return ['POST /mcp'];
      const methods = Object.keys(route.methods).filter((method) => method !== '_all');
      return methods.map((method) => `${method.toUpperCase()} ${route.path}`);
    })
    .sort();
}
