/**
 * Where the paired marks of one text open and close.
 *
 * Discord's rules are lazy patterns ('`**`, anything, the next `**`'). Trying such a pattern at every mark costs the
 * square of the text's length on hostile input. Here every candidate for a closing mark is found in one pass, so that
 * each question below is answered in constant or logarithmic time.
 */

/** A maximal run of one mark, without marks that a backslash disarms. */
interface Run {
  start: number;
  end: number;
}

const NONE = -1;

/** `*` and `_`: one makes emphasis, two make strong or underline; see the patterns quoted at each method. */
export class EmphasisMarks {
  readonly #runs: Run[] = [];
  /** For each run, where emphasis that was opened before it closes, or NONE. */
  readonly #single: number[];
  /** For each run, where a doubled mark that was opened before it closes, or NONE. */
  readonly #double: number[];

  constructor(text: string, mark: '*' | '_') {
    for (let i = 0; i < text.length; i++) {
      if (text[i] === '\\') {
        i++;
      } else if (text[i] === mark) {
        const start = i;
        while (text[i + 1] === mark) i++;
        this.#runs.push({ start, end: i + 1 });
      }
    }
    const count = this.#runs.length;
    this.#single = new Array<number>(count + 1).fill(NONE);
    this.#double = new Array<number>(count + 1).fill(NONE);
    for (let k = count - 1; k >= 0; k--) {
      const { start, end } = this.#runs[k]!;
      const length = end - start;
      this.#double[k] = length >= 2 ? end - 2 : this.#double[k + 1]!;
      if (length % 2 === 0) {
        this.#single[k] = this.#single[k + 1]!; // pairs inside emphasis belong to its content
      } else if (mark === '*') {
        // `*(?!*)`, and a lone `*` after a space neither closes nor may stay inside
        this.#single[k] = length === 1 && /\s/.test(text[start - 1] ?? '') ? NONE : end - 1;
      } else {
        this.#single[k] = /\w/.test(text[end] ?? '') ? NONE : end - 1; // `_\b`
      }
    }
  }

  /** Where emphasis that opens at `at` closes. */
  single(at: number): number {
    const k = this.#runAt(at);
    if (k === NONE) return NONE;
    const left = this.#runs[k]!.end - at;
    return left % 2 === 1 ? this.#single[k + 1]! : NONE;
  }

  /** Where a doubled mark that opens at `at` closes (the first of its two characters). */
  double(at: number): number {
    const k = this.#runAt(at);
    if (k === NONE || this.#runs[k]!.end - at < 2) return NONE;
    return this.#double[k + 1]!;
  }

  #runAt(at: number): number {
    let low = 0;
    let high = this.#runs.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const run = this.#runs[middle]!;
      if (at < run.start) high = middle - 1;
      else if (at >= run.end) low = middle + 1;
      else return middle;
    }
    return NONE;
  }
}

/** A fixed string that closes what the same string opened: `||`, `~~` and the code fence. Ask with rising positions. */
export class Closers {
  readonly #text: string;
  readonly #mark: string;
  readonly #notBefore: string;
  #found = 0;

  constructor(text: string, mark: string, notBefore = '') {
    this.#text = text;
    this.#mark = mark;
    this.#notBefore = notBefore;
  }

  /** The first closer at or after `from`. */
  after(from: number): number {
    if (this.#found === NONE) return NONE;
    if (this.#found < from) this.#found = this.#search(from);
    return this.#found;
  }

  #search(from: number): number {
    for (let at = this.#text.indexOf(this.#mark, from); at !== NONE; at = this.#text.indexOf(this.#mark, at + 1)) {
      if (this.#notBefore === '' || this.#text[at + this.#mark.length] !== this.#notBefore) return at;
    }
    return NONE;
  }
}

/** Runs of backticks: a code span closes with a run of exactly the length that opened it. */
export class Backticks {
  readonly #byLength = new Map<number, number[]>();

  constructor(text: string) {
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== '`') continue;
      const start = i;
      while (text[i + 1] === '`') i++;
      const length = i + 1 - start;
      const starts = this.#byLength.get(length);
      if (starts) starts.push(start);
      else this.#byLength.set(length, [start]);
    }
  }

  /** The start of the first run of exactly `length` at or after `from`. */
  after(from: number, length: number): number {
    const starts = this.#byLength.get(length);
    if (!starts) return NONE;
    let low = 0;
    let high = starts.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (starts[middle]! < from) low = middle + 1;
      else high = middle;
    }
    return starts[low] ?? NONE;
  }
}

/** For every opening bracket, its partner; brackets that a backslash disarms do not count. */
export function matchBrackets(text: string, open: string, close: string): Map<number, number> {
  const partners = new Map<number, number>();
  const waiting: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '\\') i++;
    else if (c === open) waiting.push(i);
    else if (c === close) {
      const start = waiting.pop();
      if (start !== undefined) partners.set(start, i);
    }
  }
  return partners;
}
