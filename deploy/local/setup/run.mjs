import { spawn } from 'node:child_process';
import { say } from './say.mjs';

const PATIENCE_MS = 10_000; // every 10 seconds a sign of life
const KEEP = 20_000; // the last 20 kB of output explain a failure

/** Runs a program; resolves with its exit code and the end of what it said. */
export function run(doing, command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const began = Date.now();
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const signs = setInterval(() => {
      say(`… still ${doing} (${Math.round((Date.now() - began) / 1000)} s)`);
    }, PATIENCE_MS);
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEEP);
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.once('error', (error) => {
      clearInterval(signs);
      reject(error);
    });
    child.once('close', (code, signal) => {
      clearInterval(signs);
      resolve({ code: code ?? signal, output });
    });
  });
}
