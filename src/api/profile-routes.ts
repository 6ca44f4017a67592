import { allOf } from './answers.ts';
import { parseProfile, parseTimeline } from './profile-schemas.ts';
import type { Handler } from './route.ts';

/** Who a namespace is about, and what happened. */
export const profileRoutes = {
  /** The hash is the entity tag: whoever holds it knows whether the profile is the same. */
  async profile(call) {
    const profile = await call.memory.profile(parseProfile(call.query));
    return { status: 200, body: profile, headers: { ETag: `"${profile.hash}"` } };
  },

  async timeline(call) {
    return allOf(await call.memory.timeline(parseTimeline(call.query)));
  },
} satisfies Record<string, Handler>;
