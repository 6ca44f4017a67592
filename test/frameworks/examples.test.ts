import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type OpenServer, openServer } from '../integrations/open-memory.ts';
import { isInstalled, whyNot } from './installed.ts';

/** The examples as they are printed, against a real server; their models are scripted. */
describe('the examples', () => {
  let server: OpenServer;
  let printed: string[];
  beforeEach(async ({ skip }) => {
    skip(!isInstalled, whyNot);
    server = await openServer();
    vi.stubEnv('ECPHORY_URL', server.url);
    vi.stubEnv('ECPHORY_API_KEY', server.apiKey);
    printed = [];
    vi.spyOn(console, 'log').mockImplementation((...words: unknown[]) => {
      printed.push(words.join(' '));
    });
    return async () => {
      vi.restoreAllMocks();
      vi.unstubAllEnvs();
      await server.close();
    };
  });

  test('ai-sdk-middleware.ts', async () => {
    await import('../../examples/ai-sdk-middleware.ts');
    expect(printed).toEqual(['A salad, without peanuts.']);
  });

  test('anthropic-memory-tool.ts', async () => {
    await import('../../examples/anthropic-memory-tool.ts');
    expect(printed).toEqual(['I wrote it down.', '/memories/family.md: Clara, a sister, lives in Porto.']);
  });

  test('openai-agents-session.ts', async () => {
    await import('../../examples/openai-agents-session.ts');
    expect(printed).toEqual(['Your cat is called Minka.', 'user: I have a grey cat called Minka.']);
  });
});
