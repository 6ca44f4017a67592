/**
 * How memories are ordered in a context. `chronological`: by conversation and time. `relevance`: best first. `edges`: the
 * best at both ends, the weakest in the middle.
 */
export const contextOrders = ['chronological', 'relevance', 'edges'] as const;
export type ContextOrder = (typeof contextOrders)[number];
