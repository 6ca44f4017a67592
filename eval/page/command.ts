import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { reportPage } from './report-page.ts';
import { readRuns } from './run-file.ts';

/** `npm run eval -- report run1.json run2.json --out report.html` */
export function newReportCommand(): Command {
  return new Command('report')
    .description('Draws one or more runs as a single HTML page that needs nothing else.')
    .argument('<runs...>', 'files of --out (with the questions) or of --json, oldest first')
    .requiredOption('--out <file>', 'where to write the page')
    .addHelpText(
      'after',
      `
Example:
  npm run eval -- locomo data/locomo10.json --out before.json
  npm run eval -- locomo data/locomo10.json --out after.json
  npm run eval -- report before.json after.json --out report.html`,
    )
    .action(async (paths: readonly string[], { out }: { readonly out: string }) => {
      await writeFile(out, reportPage(await readRuns(paths)));
      process.stderr.write(`${out}: ${paths.length} ${paths.length === 1 ? 'run' : 'runs'}\n`);
    });
}
