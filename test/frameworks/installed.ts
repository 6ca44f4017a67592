import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * The frameworks of `ecphory/ai-sdk`, `ecphory/anthropic` and `ecphory/openai-agents` are a package of this folder alone:
 * the adapters know them by structure, and need none of them.
 */
export const isInstalled = ['ai', '@anthropic-ai/sdk', '@openai/agents'].every((name) =>
  existsSync(fileURLToPath(new URL(`node_modules/${name}`, import.meta.url))),
);

export const whyNot = 'not installed: npm ci --ignore-scripts in test/frameworks';
