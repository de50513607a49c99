import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, open, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const BINARY = resolve(process.env.GUILDHALL_BIN ?? resolve(import.meta.dirname, '../../../target/debug/guildhall'));

/** The real binary on a free loopback port, with a data folder that goes away with it. */
export class Server {
  readonly url: string;
  readonly #port: number;
  readonly #folder: string;
  #child: ChildProcess | undefined;

  private constructor(port: number, folder: string) {
    this.#port = port;
    this.#folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  static async start(): Promise<Server> {
    if (!existsSync(BINARY)) throw new Error(`${BINARY} is not built; GUILDHALL_BIN may name another one`);
    const server = new Server(await freePort(), await mkdtemp(join(tmpdir(), 'guildhall-e2e-')));
    // every journey makes accounts of its own, all from one address
    await writeFile(join(server.#folder, 'guildhall.toml'), 'throttle = "off"\n');
    await server.run();
    return server;
  }

  /** Starts again on the same port and data. */
  async run(): Promise<void> {
    const log = await open(join(this.#folder, 'log'), 'a');
    const child = spawn(
      BINARY,
      ['serve', '--listen', `127.0.0.1:${this.#port}`, '--data', join(this.#folder, 'data'), '--registration', 'open'],
      { cwd: this.#folder, stdio: ['ignore', log.fd, log.fd] },
    );
    this.#child = child;
    await log.close();
    const deadline = Date.now() + 30_000;
    while (!(await this.#ready())) {
      if (child.exitCode !== null || Date.now() > deadline) throw new Error(`the server did not start:\n${await this.log()}`);
      await sleep(50);
    }
  }

  /** Runs another command of the binary on the data, while no server uses it; what it answers. */
  async command(...words: string[]): Promise<string> {
    const child = spawn(BINARY, [...words, '--data', join(this.#folder, 'data')], { cwd: this.#folder });
    let [out, said] = ['', ''];
    child.stdout.on('data', (chunk) => (out += String(chunk)));
    child.stderr.on('data', (chunk) => (said += String(chunk)));
    const code = await new Promise((done) => child.once('close', done));
    if (code !== 0) throw new Error(`${words.join(' ')} failed:\n${said}`);
    return out.trim();
  }

  /** As a power cut ends it. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    await rm(this.#folder, { recursive: true, force: true });
  }

  log(): Promise<string> {
    return readFile(join(this.#folder, 'log'), 'utf8');
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((done) => child.once('exit', done));
    child.kill(signal);
    const patience = new AbortController();
    await Promise.race([gone, sleep(15_000, undefined, { signal: patience.signal }).then(() => child.kill('SIGKILL'))]);
    patience.abort();
    await gone;
  }

  async #ready(): Promise<boolean> {
    try {
      return (await fetch(`${this.url}/readyz`)).ok;
    } catch {
      return false;
    }
  }
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const probe = createServer();
    probe.once('error', fail);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => done((address as { port: number }).port));
    });
  });
}
