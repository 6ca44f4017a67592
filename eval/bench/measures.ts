/** One line of the table; null where a case does not measure it. Latencies are the client's, milliseconds. */
export interface Row {
  readonly case: string;
  readonly notes: number;
  readonly scopes: number;
  readonly adds_per_s: number | null;
  readonly add_p50_ms: number | null;
  readonly add_p95_ms: number | null;
  /** Of the server, per request: what it costs whatever else the machine does. */
  readonly add_processor_ms: number | null;
  readonly search_p50_ms: number | null;
  readonly search_p95_ms: number | null;
  readonly search_p99_ms: number | null;
  readonly search_processor_ms: number | null;
}

/** What a case found, under the names of the report. */
export interface Measures {
  readonly rows: readonly Row[];
  readonly figures: Readonly<Record<string, number | null>>;
}

export const emptyRow: Row = {
  case: '',
  notes: 0,
  scopes: 1,
  adds_per_s: null,
  add_p50_ms: null,
  add_p95_ms: null,
  add_processor_ms: null,
  search_p50_ms: null,
  search_p95_ms: null,
  search_p99_ms: null,
  search_processor_ms: null,
};
