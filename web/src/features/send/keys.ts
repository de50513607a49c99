import { reserveMessageIds } from '../../api/messages';

// Keys that the server issued to us. Under one of them a message is stored once, however often the send is repeated.
const LOW = 10;
const BATCH = 30;

let pool: string[] = [];
let refilling: Promise<void> | null = null;

export function refillKeys(): Promise<void> {
  if (pool.length >= LOW) return Promise.resolve();
  refilling ??= reserveMessageIds(BATCH)
    .then(({ ids }) => {
      pool.push(...ids);
    })
    .catch(() => {
      // Sends go on with keys of our own making until the server can be reached.
    })
    .finally(() => {
      refilling = null;
    });
  return refilling;
}

export function forgetKeys(): void {
  pool = [];
}

export function takeKey(): { nonce: string; foreign: boolean } {
  const nonce = pool.shift();
  if (pool.length < LOW) void refillKeys();
  return nonce !== undefined ? { nonce, foreign: false } : { nonce: randomKey(), foreign: true };
}

function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `x${Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')}`;
}
