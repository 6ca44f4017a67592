import { z } from 'zod';

/** Fields that were given; the interface knows no field that is there and undefined. */
export type Given<Fields> = { [Name in keyof Fields]: Exclude<Fields[Name], undefined> };

export function given<Fields extends object>(fields: Fields): Given<Fields> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Given<Fields>;
}

/** Arguments that several tools take. What a value means is checked by the service, for every door alike. */
export const argument = {
  id: z.string().describe('Of a memory, such as note_01hv4k8x2m7q0r9d3c5b6a7f8e.'),
  namespace: z
    .string()
    .optional()
    .describe('Whose memory, such as users/alice. Leave it out for the one that this connection is set up for.'),
  readNamespace: z
    .string()
    .optional()
    .describe(
      'Whose memory, such as users/alice, or users/** for everything below. Leave it out for the one that this connection is set up for.',
    ),
  filter: z
    .record(z.string(), z.unknown())
    .optional()
    .describe('Such as {"tags": "work", "event_at": {"$gte": "2024-01-01"}}; other names are keys of metadata.'),
  ifVersion: z.int().positive().optional().describe('Refuse when the memory is at another version than this.'),
  time: z.string().describe('ISO 8601, such as 2024-05-06 or 2024-05-06T10:00:00Z.'),
};
