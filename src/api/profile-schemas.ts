import { z } from 'zod';
import { limits } from '../memory/limits.ts';
import type { ProfileInput, TimelineInput } from '../memory/upkeep.ts';
import { fromWire } from '../sdk/wire.ts';
import { checked, numberOf } from './checked.ts';
import { type Query, singleValues } from './query.ts';
import { countField, nameField, readNamespace, timeField, writeNamespace } from './schemas-fields.ts';

/** The shape of requests about who a namespace is about and what happened; see `schemas.ts`. */
export const profileQuery = z.strictObject({
  namespace: writeNamespace,
  as_of: timeField('As it was known then; now if left out.').optional(),
});

export const timelineQuery = z.strictObject({
  namespace: readNamespace,
  topic: nameField('Words that say what it is to be about; everything if left out.').optional(),
  entity: nameField('The id or name of an entity.').optional(),
  from: timeField('What happened from then on.').optional(),
  until: timeField('What happened before then.').optional(),
  limit: countField('Events at most.', {
    max: limits.timelineLimit,
    byDefault: limits.timelineLimitDefault,
  }).optional(),
});

export function parseProfile(query: Query): ProfileInput {
  return fromWire(checked(profileQuery, singleValues(query))) as ProfileInput;
}

export function parseTimeline(query: Query): TimelineInput {
  const { limit, ...rest } = singleValues(query);
  return checked(timelineQuery, { ...rest, ...(limit !== undefined && { limit: numberOf(limit) }) }) as TimelineInput;
}
