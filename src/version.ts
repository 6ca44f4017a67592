import { createRequire } from 'node:module';

/** Ecphory's own, as its package file says it. */
export function version(): string {
  const packageFile: unknown = createRequire(import.meta.url)('ecphory/package.json');
  const isRecord = typeof packageFile === 'object' && packageFile !== null && 'version' in packageFile;
  return isRecord ? String(packageFile.version) : 'unknown';
}
