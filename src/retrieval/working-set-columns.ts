/** A growable array of numbers of one width. */
export type Column = Uint8Array | Int8Array | Uint32Array | Int32Array | Float32Array | Float64Array;

/** What a set of columns is made of: a name and an array type each. */
export interface ColumnTypes {
  readonly [name: string]: ColumnType;
}
export type ColumnType =
  | Uint8ArrayConstructor
  | Int8ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;

export type ColumnsOf<Types extends ColumnTypes> = { -readonly [Name in keyof Types]: InstanceType<Types[Name]> };

/** Columns that grow together: `columns` keeps its identity, the arrays in it are replaced. */
export interface Columns<Types extends ColumnTypes> {
  readonly columns: ColumnsOf<Types>;
  /** Makes room for at least `size` entries. New entries are 0. */
  reserve(size: number): void;
  /** Gives back what is not needed for `size` entries and a few more. */
  trim(size: number): void;
  bytes(): number;
}

export function newColumns<Types extends ColumnTypes>(types: Types, initial?: ColumnsOf<Types>): Columns<Types> {
  const names: readonly (keyof Types)[] = Object.keys(types);
  const columns = initial ?? emptyColumns(types);
  let capacity = Math.min(...names.map((name) => columns[name].length));

  return {
    columns,
    reserve(size) {
      if (size <= capacity) return;
      // Half as much again: growing is rare, and a third at most is spare.
      resize(Math.max(16, size, Math.ceil(capacity * 1.5)));
    },
    trim(size) {
      resize(size + (size >> 5));
    },
    bytes: () => names.reduce((sum: number, name) => sum + columns[name].byteLength, 0),
  };

  function resize(length: number): void {
    for (const name of names) columns[name] = resized(columns[name], length);
    capacity = length;
  }
}

/** A copy with another length; what is new is 0. */
export function resized<Kind extends Column>(column: Kind, length: number): Kind {
  const make = column.constructor as new (length: number) => Kind;
  const copy = new make(length);
  copy.set(column.subarray(0, Math.min(length, column.length)));
  return copy;
}

function emptyColumns<Types extends ColumnTypes>(types: Types): ColumnsOf<Types> {
  return Object.fromEntries(Object.entries(types).map(([name, type]) => [name, new type(0)])) as ColumnsOf<Types>;
}
