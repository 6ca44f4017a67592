import type { Analyzer } from '../memory/analyzer.ts';
import type { FeedEntry, FeedKind } from '../memory/change.ts';
import type { NoteId } from '../memory/ids.ts';
import type { ReadScope } from '../memory/scope.ts';
import type { Store } from '../memory/store.ts';
import { breath } from './breath.ts';
import { feedMark, isSameMark, type Snapshot, type Snapshots } from './snapshot.ts';
import type { WorkingSet } from './working-set.ts';
import { putRows, rowsWithKeysOf } from './working-set-rows.ts';
import { type MutableWorkingSet, newWorkingSet } from './working-set-updates.ts';

/** One working set that follows its part of the feed. */
export interface WorkingSetFollower {
  /** The set with every write whose promise has resolved before this call. Calls share the work. */
  caughtUp(): Promise<WorkingSet>;
  /** Memory it holds; 0 until it is loaded. */
  bytes(): number;
}

export interface FollowerParts {
  readonly read: ReadScope;
  readonly store: Pick<Store, 'head' | 'feed' | 'workingRows' | 'workingRowsOf' | 'notes'>;
  readonly analyzer: Analyzer;
  readonly snapshots: Snapshots | null;
  readonly snapshotNotes: number;
  /**
   * Called before the set is read or caught up, to be asked once it is: whether it may be saved. It may not
   * when notes were being erased meanwhile, for one of them may be in it.
   */
  readonly maySave: () => () => boolean;
  readonly save: (saved: Promise<void>) => void;
  readonly onSnapshotFailure: (cause: unknown) => void;
}

/** Rows and ids read at once: about 5 ms of rows. */
const rowsPerPage = 256;
const entriesPerPage = 1_000;
/** Above this share of places that hold nothing, a set is built anew. */
const wasteMax = 0.5;
/** A snapshot is saved again when a tenth of its notes, and at least so many, have changed. */
const changesPerSaveMin = 2_000;

/** Kinds that change no row. */
const silentKinds: ReadonlySet<FeedKind> = new Set([
  'episode-added',
  'note-embedded',
  'link-set',
  'link-removed',
  'entities-set',
  'cursor-advanced',
]);

export function newWorkingSetFollower(parts: FollowerParts): WorkingSetFollower {
  const { read, store, analyzer, snapshots } = parts;
  let set: MutableWorkingSet | null = null;
  let heldBytes = 0;
  /** The feed is taken in up to here. */
  let position = 0;
  let changesSinceSave = Number.POSITIVE_INFINITY;
  let running: Promise<unknown> = Promise.resolve();
  let waiting: Promise<WorkingSet> | null = null;

  return { caughtUp, bytes: () => heldBytes };

  function caughtUp(): Promise<WorkingSet> {
    // A run that has not begun will see this caller's writes; one that has may have looked too early.
    if (waiting !== null) return waiting;
    const run = running.then(() => {
      waiting = null;
      return refreshed();
    });
    waiting = run;
    running = run.catch(() => undefined);
    return run;
  }

  async function refreshed(): Promise<WorkingSet> {
    const maySaveNow = parts.maySave();
    const before = set;
    const positionBefore = position;
    let current = before ?? (await restored()) ?? (await built());
    let fits = await follow(current);
    if (current === before && position === positionBefore && fits) return current;
    if (!fits || current.waste() > wasteMax) {
      drop();
      current = await built();
      fits = await follow(current);
      if (!fits) throw new Error('Notes were added out of order while a working set was built.');
    }
    set = current;
    heldBytes = current.bytes();
    await saveIfLarge(current, maySaveNow);
    return current;
  }

  function drop(): void {
    set = null;
    heldBytes = 0;
  }

  async function restored(): Promise<MutableWorkingSet | null> {
    if (snapshots === null) return null;
    let snapshot: Snapshot | null = null;
    try {
      snapshot = await snapshots.load(read, analyzer.id);
    } catch (error) {
      parts.onSnapshotFailure(error);
    }
    if (snapshot === null) return null;
    const { mark, packed } = snapshot;
    const [entry] = await store.feed(read, mark.sequence - 1, 1);
    if (entry === undefined || !isSameMark(entry, mark)) {
      // It is of another store, or from before a backup was put back.
      await removeSnapshot();
      return null;
    }
    position = mark.sequence;
    changesSinceSave = 0;
    return newWorkingSet(analyzer, packed);
  }

  async function built(): Promise<MutableWorkingSet> {
    // The head first: what is written meanwhile is taken from the feed once more, which changes nothing.
    const head = await store.head(read);
    const building = newWorkingSet(analyzer);
    for (let after = 0; ; ) {
      const rows = await store.workingRows(read, after, rowsPerPage);
      const last = rows.at(-1);
      if (last === undefined) break;
      after = last.order;
      await putRows(building, await rowsWithKeysOf(analyzer, rows, store));
      await breath();
    }
    building.seal();
    position = head;
    changesSinceSave = Number.POSITIVE_INFINITY;
    return building;
  }

  /** Takes in the feed up to where its head is now. False when the set has to be built anew. */
  async function follow(current: MutableWorkingSet): Promise<boolean> {
    const head = await store.head(read);
    while (position < head) {
      const entries = await store.feed(read, position, entriesPerPage);
      const last = entries.at(-1);
      if (last === undefined) break;
      if (entries.some(({ kind }) => kind === 'erased')) await removeSnapshot();
      if (!(await refresh(current, touchedBy(entries)))) return false;
      position = last.sequence;
    }
    return true;
  }

  /** Brings these notes to what the store has now. Doing it twice is doing it once. */
  async function refresh(current: MutableWorkingSet, ids: readonly NoteId[]): Promise<boolean> {
    for (let from = 0; from < ids.length; from += rowsPerPage) {
      const some = ids.slice(from, from + rowsPerPage);
      const rows = await rowsWithKeysOf(analyzer, await store.workingRowsOf(read, some), store);
      const found = new Set(rows.map(({ id }) => id));
      try {
        for (const id of some) if (!found.has(id)) current.erase(id);
        if (!(await putRows(current, rows))) return false;
      } catch (error) {
        // Half a change may be in it; a failing store, on the other hand, leaves it as it was.
        drop();
        throw error;
      }
      changesSinceSave += some.length;
    }
    return true;
  }

  async function saveIfLarge(current: MutableWorkingSet, maySaveNow: () => boolean): Promise<void> {
    if (snapshots === null || current.presentNotes < parts.snapshotNotes) return;
    if (changesSinceSave < Math.max(changesPerSaveMin, current.presentNotes / 10)) return;
    const [entry] = await store.feed(read, position - 1, 1);
    if (entry === undefined || entry.sequence !== position || !maySaveNow()) return;
    changesSinceSave = 0;
    parts.save(snapshots.save(read, { packed: current.packed(), mark: feedMark(entry) }));
  }

  async function removeSnapshot(): Promise<void> {
    // Not saved again at once: a caller who erases note by note would have the whole set written each time.
    if (changesSinceSave !== Number.POSITIVE_INFINITY) changesSinceSave = 0;
    try {
      await snapshots?.remove(read);
    } catch (error) {
      parts.onSnapshotFailure(error);
    }
  }
}

function touchedBy(entries: readonly FeedEntry[]): readonly NoteId[] {
  const touched = new Set<NoteId>();
  for (const { kind, noteId } of entries) if (noteId !== null && !silentKinds.has(kind)) touched.add(noteId);
  return [...touched];
}
