import type { Change } from '../memory/change.ts';
import { type Pass, passes } from '../memory/job.ts';
import type { StoredNote } from '../memory/store.ts';
import type { Batch, PassParts, PlanPass, Proposals } from './plan.ts';

/** Every pass over due notes, by name; the others of a job look at whole scopes. */
export type Planners = Readonly<Partial<Record<Pass, PlanPass>>>;

/** What the chosen passes make of a batch, in the order of `passes`. What was planned before is not given again. */
export async function planBatch(
  batch: Batch,
  chosen: readonly Pass[],
  { planners, ...parts }: PassParts & { readonly planners: Planners },
): Promise<readonly Change[]> {
  const planned = [...batch.planned];
  for (const pass of passes) {
    if (!chosen.includes(pass)) continue;
    planned.push(...((await planners[pass]?.({ ...batch, planned }, parts)) ?? []));
  }
  return planned.slice(batch.planned.length);
}

/** Of what was proposed for a batch, the share of some of its notes. */
export function proposalsFor(proposals: Proposals | null, due: readonly StoredNote[]): Proposals | null {
  if (proposals === null) return null;
  const ids = new Set(due.map(({ note }) => note.id));
  return {
    by: proposals.by,
    notes: new Map([...proposals.notes].filter(([noteId]) => ids.has(noteId))),
    links: proposals.links.filter(({ from }) => ids.has(from)),
    evolutions: proposals.evolutions.filter(({ because }) => ids.has(because)),
    claims: proposals.claims.filter(({ noteId }) => ids.has(noteId)),
  };
}
