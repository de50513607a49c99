// The built binary as a child of the test: its own data folder, its own port, ended by its own process id.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

const READY_WITHIN = 30_000;
const STOP_WITHIN = 20_000;

/** A port that was free a moment ago. */
export async function freePort() {
  const probe = net.createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}

export class Server {
  #binary;
  #child = null;
  #log = '';

  /** @param {string=} publicUrl what clients are told to connect to if it is not the server itself: a proxy in front */
  constructor(publicUrl) {
    this.#binary = process.env.GUILDHALL_BIN;
    if (!this.#binary) throw new Error('GUILDHALL_BIN must name the built guildhall binary');
    this.publicUrl = publicUrl;
  }

  async start() {
    this.data ??= await mkdtemp(path.join(os.tmpdir(), 'guildhall-compat-'));
    this.port = await freePort();
    const child = spawn(
      this.#binary,
      [
        '--listen', `127.0.0.1:${this.port}`,
        '--data', this.data,
        ...(this.publicUrl ? ['--public-url', this.publicUrl] : []),
        '--registration', 'open',
      ],
      { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, GUILDHALL_THROTTLE: 'off' } },
    );
    const keep = (chunk) => (this.#log = (this.#log + chunk).slice(-20_000));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    this.#child = child;

    const deadline = Date.now() + READY_WITHIN;
    for (;;) {
      if (child.exitCode !== null || child.signalCode !== null) {
        throw new Error(`the server ended before it was ready:\n${this.#log}`);
      }
      const ready = await fetch(`http://127.0.0.1:${this.port}/readyz`).then((r) => r.ok, () => false);
      if (ready) return;
      if (Date.now() > deadline) throw new Error(`the server was not ready in time:\n${this.#log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  get api() {
    return `http://127.0.0.1:${this.port}/api/v10`;
  }

  /** Makes a guild in the data of the stopped server; its id. */
  async fixture(...options) {
    const child = spawn(this.#binary, ['fixture', '--data', this.data, ...options], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => (said[name] += chunk));
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`the fixture failed (${code}):\n${said.stderr}`);
    return said.stdout.trim();
  }

  /** Ends the server the way a service manager does, and waits until it is gone. */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN);
    const [code, signal] = await gone;
    clearTimeout(late);
    this.#child = null;
    if (code !== 0) throw new Error(`the server did not stop cleanly (${code ?? signal}):\n${this.#log}`);
  }

  /** Takes the data folder away. */
  async discard() {
    if (this.data) await rm(this.data, { recursive: true, force: true });
  }

  /** What it wrote last, for a failure's report. */
  get log() {
    return this.#log;
  }
}
