#!/usr/bin/env node
import { runCommand } from './command.ts';
import { exitCodes } from './exit-code.ts';

// The first signal asks to finish, the second ends at once.
const stopRequested = new Promise<void>((resolve) => {
  let signals = 0;
  const onSignal = () => {
    signals += 1;
    if (signals > 1) process.exit(exitCodes.interrupted);
    resolve();
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
});

// Whoever read the output has enough: `ecphory list | head`.
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(exitCodes.done);
  throw error;
});

process.exitCode = await runCommand(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  writeError: (text) => process.stderr.write(text),
  stopRequested,
  input: process.stdin,
  terminal: {
    isInput: process.stdin.isTTY === true,
    isOutput: process.stdout.isTTY === true,
    isError: process.stderr.isTTY === true,
    columns: process.stdout.columns ?? 100,
  },
});
// Where a pipe is not written at once, what is left in it would be lost.
await new Promise((resolve) => process.stdout.write('', resolve));
// Nothing is left to do, whatever a library still holds open.
process.exit();
