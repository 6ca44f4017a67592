/** The world as the command line sees it. */
export interface CommandWorld {
  /** To standard output. */
  write(text: string): void;
  /** To standard error. */
  writeError(text: string): void;
  /** Resolves when the command is to finish what it does and end. */
  readonly stopRequested: Promise<void>;
  /** The process's own when left out. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Standard input; empty when left out. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Where somebody looks on; nobody does when left out. */
  readonly terminal?: Terminal;
}

export interface Terminal {
  readonly isInput: boolean;
  readonly isOutput: boolean;
  readonly isError: boolean;
  /** Characters in a line of the output. */
  readonly columns: number;
}
