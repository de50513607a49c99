// `cargo xtask cluster` as a child of the test: three nodes behind HAProxy over all engines, and a command for each fault.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import readline from 'node:readline';

const READY_WITHIN = 300_000;
const DONE_WITHIN = 120_000;

export class Cluster {
  #child = null;
  #lines = [];
  #waiting = null;

  async start() {
    const binary = process.env.CHAOS_BIN;
    if (!binary) throw new Error('CHAOS_BIN must name the built chaos binary, and GUILDHALL_BIN the server');
    this.#child = spawn(binary, ['cluster'], { stdio: ['pipe', 'pipe', 'inherit'] });
    readline.createInterface({ input: this.#child.stdout }).on('line', (line) => {
      this.#lines.push(line);
      this.#waiting?.();
    });
    this.#child.once('exit', () => this.#waiting?.());
    const ready = await this.#line(/^ready after .*: open (http:\S+)$/, READY_WITHIN);
    this.url = ready[1];
  }

  get api() {
    return `${this.url}/api/v10`;
  }

  /** Gives a command, and waits until it is carried out. */
  async order(command) {
    this.#lines.length = 0;
    this.#child.stdin.write(`${command}\n`);
    const [said] = await this.#line(/^(done|error: .*|.* is the primary now|\d+ connections killed)$/, DONE_WITHIN);
    if (said.startsWith('error')) throw new Error(`${command}: ${said}`);
  }

  /** Ends everything. */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.stdin.end();
    const [code, signal] = await gone;
    if (code !== 0) throw new Error(`the cluster did not end cleanly (${code ?? signal})`);
  }

  /** The first line, of those that are still to be looked at, that is like this. */
  async #line(like, within) {
    const deadline = Date.now() + within;
    for (;;) {
      for (let line; (line = this.#lines.shift()) !== undefined; ) {
        const found = like.exec(line);
        if (found) return found;
      }
      if (this.#child.exitCode !== null) throw new Error(`the cluster ended (${this.#child.exitCode})`);
      const left = deadline - Date.now();
      if (left <= 0) throw new Error(`the cluster did not say ${like} within ${within} ms`);
      await new Promise((resolve) => {
        const late = setTimeout(resolve, left);
        this.#waiting = () => {
          clearTimeout(late);
          resolve();
        };
      });
    }
  }
}
