#!/usr/bin/env node
import { runCommand } from './command.ts';

// The first signal asks to finish, the second ends at once.
const stopRequested = new Promise<void>((resolve) => {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(1);
    resolve();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
});

process.exitCode = await runCommand(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  stopRequested,
});
// Nothing is left to do, whatever a library still holds open.
process.exit();
