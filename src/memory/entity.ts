import type { EntityId } from './ids.ts';
import type { Scope } from './scope.ts';

export const entityKinds = ['person', 'place', 'organisation', 'thing'] as const;
export type EntityKind = (typeof entityKinds)[number];

/** A person, place, organisation or thing, within one scope. */
export interface Entity {
  readonly id: EntityId;
  readonly scope: Scope;
  readonly kind: EntityKind;
  readonly name: string;
}

/** Where a note mentions an entity: a span of UTF-16 units of the note's text. */
export interface Mention {
  readonly entity: Entity;
  readonly start: number;
  readonly end: number;
}
