import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';

/**
 * Twelve hex digits over settings and the content of files, for embedder ids: a model is what its files are,
 * whatever its folder is called and wherever it is moved.
 */
export async function fingerprint(settings: readonly string[], paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(settings));
  for (const path of paths) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(path)) content.update(chunk);
    hash.update(content.digest());
  }
  return hash.digest('hex').slice(0, 12);
}
