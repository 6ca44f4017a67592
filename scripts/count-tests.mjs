// Sums vitest's JSON reports into the closing line of .ci/run.
import { readFileSync } from 'node:fs';

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')));
const sum = (field) => reports.reduce((total, report) => total + report[field], 0);
const skipped = sum('numPendingTests') + sum('numTodoTests');
// A file that fails before its tests begin counts no failed test; it must not look like success.
const failedFiles = reports.flatMap((report) => report.testResults).filter((file) => file.status === 'failed');
const failed = Math.max(sum('numFailedTests'), failedFiles.length);
for (const file of failedFiles) console.log(`failed: ${file.name.split('/').slice(-2).join('/')}`);
console.log(`${sum('numPassedTests')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`);
