/** What a question about the order of episodes asks. */
export type SequenceKind =
  /** "Which came first, X or Y?", "which was more recent, X or Y?" */
  | 'which_first'
  | 'which_last'
  /** "Did X happen before Y?", "... after Y?" */
  | 'is_before'
  | 'is_after'
  /** "What happened right before X?", "... after X?" */
  | 'just_before'
  | 'just_after'
  /** "How long between X and Y?" */
  | 'elapsed'
  /** "When was the first time X?", "... the last time X?" */
  | 'first_time'
  | 'last_time';

/** Why such a question is not answered. */
export type AbstainReason =
  /** Nothing told so far is what a part of the question says. */
  | 'not_recognised'
  /** More than one thing is. */
  | 'ambiguous'
  /** Both parts are in one episode. */
  | 'same_episode'
  /** Nothing came before the first episode, or after the last. */
  | 'no_neighbour'
  /** "How long after X did Y ...?" where Y came first. */
  | 'order_contradicted';
