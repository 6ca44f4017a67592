/** A set of facts to be stored, and questions with the answer that holds in the end. */
export interface FactSet {
  readonly messages: readonly FactMessage[];
  readonly questions: readonly FactQuestion[];
  readonly facts: number;
}

export interface FactMessage {
  readonly text: string;
  readonly session: string;
  readonly role: 'user' | 'assistant';
  /** ISO 8601; null for when it arrives. */
  readonly timestamp: string | null;
}

export interface FactQuestion {
  readonly text: string;
  readonly answer: string;
  readonly hops: 1 | 2;
}

/** Estimated: four characters are one token of English. */
export const charactersPerToken = 4;
