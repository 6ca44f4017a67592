import { z } from 'zod';
import { keyScopes } from '../memory/access.ts';
import type { Json } from '../memory/episode.ts';
import { EcphoryError } from '../memory/errors.ts';
import { limits } from '../memory/limits.ts';
import { parseTime } from '../memory/time.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, numberOf } from './checked.ts';
import type { AuditInput, KeyInput, RotateInput } from './key-administration.ts';
import { type Query, singleValues } from './query.ts';

/** The shape of requests about keys; see `schemas.ts`. */
const lifeSeconds = z.int().min(1).max(3_153_600_000);

export const keyBody = z.strictObject({
  name: z.string().trim().min(1).max(limits.nameCharacters),
  scopes: z.array(z.enum(keyScopes)).max(keyScopes.length).optional(),
  namespaces: z.array(z.string()).min(1).max(limits.keyNamespaces).nullable().optional(),
  expires_in_seconds: lifeSeconds.optional(),
});

export const rotateBody = z.strictObject({
  overlap_seconds: z.int().min(0).max(limits.keyOverlapSecondsMax).optional(),
  expires_in_seconds: lifeSeconds.optional(),
});

export const auditQuery = z.strictObject({
  limit: z.number().optional(),
  cursor: z.string().optional(),
  key_id: z.string().optional(),
  from: z.string().optional(),
  until: z.string().optional(),
});

export function parseKey(body: Json): KeyInput {
  return fromWire(checked(keyBody, body)) as KeyInput;
}

export function parseRotation(body: Json): RotateInput {
  return fromWire(checked(rotateBody, body)) as RotateInput;
}

export function parseAuditQuery(query: Query): AuditInput {
  const { limit, ...rest } = singleValues(query);
  const asked = checked(auditQuery, { ...rest, ...(limit !== undefined && { limit: numberOf(limit) }) });
  const { from, until, key_id: keyId, ...page } = asked;
  return {
    ...(page.limit !== undefined && { limit: page.limit }),
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    ...(keyId !== undefined && { keyId }),
    ...(from !== undefined && { from: timeOf(from, '/from') }),
    ...(until !== undefined && { until: timeOf(until, '/until') }),
  };
}

function timeOf(text: string, pointer: string): number {
  const at = parseTime(text);
  if (at === null) throw new EcphoryError('invalid', 'Use ISO 8601, such as "2024-05-08T13:56:00Z".', { pointer });
  return at;
}
