#!/usr/bin/env node
import { runProgram } from '../run-program.ts';
import { newBenchCommand } from './command.ts';

await runProgram(newBenchCommand());
