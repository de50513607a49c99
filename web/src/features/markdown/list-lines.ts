export interface ListLine {
  indent: number;
  ordered: boolean;
  number: number;
  /** What stands after the bullet, with its continuation lines. */
  text: string;
}

const BULLET = /^( *)([-*]|(\d{1,9})\.) +(?=\S)/;

/** The lines of the list that begins at `at`: bullets, and indented lines that go on with the item above. */
export function readListLines(text: string, at: number): { lines: ListLine[]; end: number } {
  const lines: ListLine[] = [];
  let end = at;
  let fencesLeft = true;
  while (end < text.length) {
    let stop = lineEnd(text, end);
    let line = text.slice(end, stop);
    const bullet = BULLET.exec(line);
    const last = lines.at(-1);
    if (!bullet && (!last || !/^ +\S/.test(line))) break;
    // a code block that this line opens belongs to the item, to its closing fence
    if (fencesLeft && opensFence(line)) {
      const close = text.indexOf('```', stop);
      if (close === -1) fencesLeft = false;
      else {
        stop = lineEnd(text, close);
        line = text.slice(end, stop);
      }
    }
    if (bullet) {
      lines.push({
        indent: bullet[1]!.length,
        ordered: bullet[3] !== undefined,
        number: Number(bullet[3] ?? 1),
        text: line.slice(bullet[0].length),
      });
    } else {
      last!.text += '\n' + line.trimStart();
    }
    end = Math.min(stop + 1, text.length);
  }
  return { lines, end };
}

function lineEnd(text: string, from: number): number {
  const newline = text.indexOf('\n', from);
  return newline === -1 ? text.length : newline;
}

function opensFence(line: string): boolean {
  let open = false;
  for (let at = line.indexOf('```'); at !== -1; at = line.indexOf('```', at + 3)) open = !open;
  return open;
}
