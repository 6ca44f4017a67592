import { type LockHolder, lockHolder } from '../file-lock.ts';
import { loadHnswLibrary } from '../hnsw/hnsw-library.ts';
import { loadDriver } from './driver.ts';

export interface NativePackages {
  /** Of SQLite itself. */
  readonly sqlite: string;
  readonly sqliteVec: string;
  /** Null when the optional package is not there, or does not fit this machine. */
  readonly hnswlib: string | null;
}

/** Loads and tries what is compiled for this machine. @throws whatever stops a package that is needed */
export async function nativePackages(): Promise<NativePackages> {
  const driver = await loadDriver();
  const connection = driver.open(':memory:');
  try {
    const sqlite = String(connection.prepare('SELECT sqlite_version()').pluck().get());
    driver.addVectors(connection);
    const sqliteVec = String(connection.prepare('SELECT vec_version()').pluck().get());
    const hnswlib = await loadHnswLibrary('cosine').then(
      ({ version }) => version,
      () => null,
    );
    return { sqlite, sqliteVec, hnswlib };
  } finally {
    connection.close();
  }
}

/** See `lockHolder`. */
export async function databaseHolder(path: string): Promise<LockHolder | null | 'free'> {
  return lockHolder(await loadDriver(), path);
}
