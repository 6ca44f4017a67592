#!/usr/bin/env node
import { newEvalCommand } from './command.ts';
import { runProgram } from './run-program.ts';

await runProgram(newEvalCommand());
