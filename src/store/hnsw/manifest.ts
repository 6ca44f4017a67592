import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Namespace, Scope, Tenant } from '../../memory/scope.ts';

/** Whose vectors an index holds. */
export interface IndexIdentity {
  readonly scope: Scope;
  readonly embedder: string;
}

/**
 * What an index file claims to be. Written last and read first: the graph's own format has no checksum and names
 * neither its scope nor its dimensions, and reading a malformed one can end the process.
 */
export type Manifest = z.infer<typeof manifestSchema>;

const fileSchema = z.strictObject({
  name: z.string().regex(/^[0-9a-f-]+\.(?:graph|labels)$/),
  bytes: z.int().min(1),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.strictObject({
  format: z.literal(1),
  library: z.string(),
  architecture: z.string(),
  space: z.string(),
  m: z.int(),
  efConstruction: z.int(),
  tenant: z.string(),
  namespace: z.string(),
  embedder: z.string(),
  dimensions: z.int().min(1),
  labels: z.int().min(1),
  notes: z.int().min(1),
  /** Every vector that came up to here in the feed is in the index, or was replaced or dropped since. */
  position: z.int().min(0),
  /** The last erasure in the scope when the build began: a later one makes the index void. */
  erasedUntil: z.int().min(0),
  /** Some of the notes with the sequence of their vectors, to tell another history of the same database (a backup). */
  witnesses: z.array(z.strictObject({ noteId: z.string(), sequence: z.int() })),
  graph: fileSchema,
  labelMap: fileSchema,
});

/** One line of checksum, one of JSON. */
export function encodeManifest(manifest: Manifest): string {
  const json = JSON.stringify(manifest);
  return `${checksum(json)}\n${json}\n`;
}

/** @returns null when a bit of it is not as it was written. */
export function parseManifest(text: string): Manifest | null {
  const [sum, json, rest] = text.split('\n');
  if (json === undefined || rest !== '' || sum !== checksum(json)) return null;
  const parsed = manifestSchema.safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

export function identityOf(manifest: Manifest): IndexIdentity {
  const { tenant, namespace, embedder } = manifest;
  return { scope: { tenant: tenant as Tenant, namespace: namespace as Namespace }, embedder };
}

/** What the names of all files of an identity begin with; a namespace can hold characters that no file name may. */
export function prefixOf({ scope, embedder }: IndexIdentity): string {
  return checksum(`${scope.tenant}\n${scope.namespace}\n${embedder}`).slice(0, prefixCharacters);
}

export const prefixCharacters = 32;

function checksum(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}
