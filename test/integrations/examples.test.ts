import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type OpenServer, openServer } from './open-memory.ts';

/** The examples as they are printed, against a real server; their models are scripted. */
describe('the examples', () => {
  let server: OpenServer;
  let printed: string[];
  beforeEach(async () => {
    server = await openServer();
    vi.stubEnv('ECPHORY_URL', server.url);
    vi.stubEnv('ECPHORY_API_KEY', server.apiKey);
    printed = [];
    vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => {
      printed.push(words.join(' '));
    });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    vi.unstubAllEnvs();
    await server.close();
  });

  test('langgraph-store.ts', async () => {
    await import('../../examples/langgraph-store.ts');
    expect(printed).toEqual(['My sister Clara lives in Porto.']);
  });

  test('langchain-agent.ts', async () => {
    await import('../../examples/langchain-agent.ts');
    expect(printed).toEqual(['A salad, without peanuts.']);
  });

  test('langchain-retriever.ts', async () => {
    await import('../../examples/langchain-retriever.ts');
    expect(printed.slice(0, 2)).toEqual([
      'human: My violin is being repaired in Porto.\nai: Until when?',
      'My violin is being repaired in Porto. (user, monday)',
    ]);
    expect(JSON.parse(printed[2] ?? '').memories[0].text).toBe('My violin is being repaired in Porto.');
  });
});
