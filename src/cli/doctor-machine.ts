import { nativePackages } from '../store/sqlite/native-packages.ts';
import type { Check } from './doctor.ts';

/** @param version such as `22.1.0` */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const check = (status: Check['status'], advice: string | null): Check => ({
    name: 'node',
    status,
    detail: `Node ${version}`,
    advice,
  });
  if (major < 20 || (major === 20 && minor < 19)) return check('fail', 'Install Node 20.19 or newer, best 24.');
  if (major === 20) return check('warn', 'Node 20 gets no security fixes any more: use 22 or 24.');
  if (major % 2 === 1) return check('warn', `Node ${major} is not supported for long: use 22 or 24.`);
  return check('ok', null);
}

export async function nativeCheck(load: typeof nativePackages = nativePackages): Promise<Check> {
  const name = 'packages';
  try {
    const { sqlite, sqliteVec, hnswlib } = await load();
    const detail = `SQLite ${sqlite}, sqlite-vec ${sqliteVec}, hnswlib-node ${hnswlib ?? 'not there'}`;
    if (hnswlib !== null) return { name, status: 'ok', detail, advice: null };
    const advice = 'Large namespaces are searched exactly, more slowly. For an index: npm install hnswlib-node';
    return { name, status: 'warn', detail, advice };
  } catch (error) {
    const detail = `a native package cannot be loaded: ${error instanceof Error ? firstLine(error.message) : String(error)}`;
    return { name, status: 'fail', detail, advice: 'Run: npm rebuild better-sqlite3 (it needs a C++ compiler).' };
  }
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? '';
}
