import { EcphoryError } from '../../memory/errors.ts';
import { limits } from '../../memory/limits.ts';
import { assertSqliteIsNew, type Connection, type Driver } from './driver.ts';

export interface ConnectionOptions {
  readonly path: string;
  readonly mode: 'write' | 'read';
  /** `full`: an acknowledged commit survives a power cut. `off` is for measuring what that costs. */
  readonly synchronous: 'full' | 'off';
  /** The file may not grow beyond this; null for no bound. */
  readonly sizeMaxBytes?: number | null;
}

/** A connection with every setting that Ecphory relies on, each set and the important ones read back. */
export function openConnection(driver: Driver, options: ConnectionOptions): Connection {
  const { path, mode, synchronous } = options;
  const connection = driver.open(path, {
    readonly: mode === 'read',
    fileMustExist: true,
    // A synchronous driver that waits blocks the whole process.
    timeout: limits.busyTimeoutMs,
  });
  try {
    assertSqliteIsNew(String(connection.prepare('SELECT sqlite_version()').pluck().get()));
    configure(connection, mode);
    if (mode === 'write') {
      setSynchronous(connection, synchronous);
      if (options.sizeMaxBytes) limitSize(connection, options.sizeMaxBytes);
    }
    driver.addVectors(connection);
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function configure(connection: Connection, mode: 'write' | 'read'): void {
  // Functions in a schema that someone else prepared do not run with our rights.
  connection.pragma('trusted_schema = OFF');
  // Temporary tables and sorts hold the same texts as the file, so they stay out of the disk.
  connection.pragma('temp_store = MEMORY');
  // Ordinary reads report an I/O error; a memory map turns it into a signal that ends the process.
  connection.pragma('mmap_size = 0');
  // 8 MB instead of 16: what is searched often is held by working sets, the operating system caches the file.
  connection.pragma('cache_size = -8000');
  // Finds a damaged page when it is read instead of misreading it.
  connection.pragma('cell_size_check = ON');
  if (mode === 'read') {
    connection.pragma('query_only = ON');
    return;
  }
  // Readers do not wait for the writer, and a commit is one append and one sync.
  const journal = connection.pragma('journal_mode = WAL', { simple: true });
  if (journal !== 'wal') {
    throw new EcphoryError('unavailable', `SQLite cannot keep a write-ahead log here (it says "${String(journal)}").`);
  }
  // A reference to a row that is not there is a mistake found now.
  connection.pragma('foreign_keys = ON');
  // What is erased is overwritten with zeros, not only unlinked.
  connection.pragma('secure_delete = ON');
  // After a burst the log gives its space back.
  connection.pragma(`journal_size_limit = ${limits.journalKeptBytes}`);
}

/**
 * better-sqlite3 is compiled so that a WAL file runs at `synchronous = NORMAL`, which may roll acknowledged commits
 * back after a power cut, and that default takes hold at the first statement. So set it, run one, and read it back.
 */
function setSynchronous(connection: Connection, synchronous: 'full' | 'off'): void {
  const wanted = synchronous === 'full' ? 2 : 0;
  connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  connection.pragma(`synchronous = ${wanted}`);
  // On macOS an ordinary fsync leaves data in the drive's cache; elsewhere this changes nothing.
  connection.pragma(`fullfsync = ${wanted === 2 ? 'ON' : 'OFF'}`);
  connection.prepare('SELECT count(*) FROM sqlite_schema').get();
  const actual = connection.pragma('synchronous', { simple: true });
  if (actual !== wanted) {
    throw new EcphoryError('unavailable', `SQLite runs at synchronous = ${String(actual)}, not ${wanted}.`);
  }
}

function limitSize(connection: Connection, sizeMaxBytes: number): void {
  const pageBytes = Number(connection.pragma('page_size', { simple: true }));
  connection.pragma(`max_page_count = ${Math.floor(sizeMaxBytes / pageBytes)}`);
}
