import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string) => fileURLToPath(new URL(`src/${path}`, import.meta.url));

export default defineConfig({
  resolve: {
    // What the examples import, from its source instead of the last build. Longer names first.
    alias: {
      'ecphory/client': source('sdk/client.ts'),
      'ecphory/tools': source('integrations/memory-tools/tools.ts'),
      'ecphory/langgraph': source('integrations/langgraph/store.ts'),
      'ecphory/langchain/middleware': source('integrations/langchain/middleware.ts'),
      'ecphory/langchain': source('integrations/langchain/langchain.ts'),
      'ecphory/ai-sdk': source('integrations/ai-sdk/ai-sdk.ts'),
      'ecphory/anthropic': source('integrations/anthropic/memory-files.ts'),
      'ecphory/openai-agents': source('integrations/openai-agents/session.ts'),
    },
  },
  plugins: [
    {
      // These packages are installed in test/frameworks alone, where the examples would not find them.
      name: 'frameworks-of-examples',
      enforce: 'pre',
      resolveId(name, importer) {
        const isTheirs = /^(?:ai|@anthropic-ai\/sdk|@openai\/agents)(?:\/|$)/.test(name);
        if (!isTheirs || importer?.includes('/examples/') !== true) return null;
        return this.resolve(name, fileURLToPath(new URL('test/frameworks/examples.test.ts', import.meta.url)));
      },
    },
  ],
  test: {
    include: ['src/**/*.test.ts', 'eval/**/*.test.ts', 'test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
