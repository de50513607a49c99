// @vitest-environment node
import { describe, expect, it } from 'vitest';
import { highlight, type Token } from './highlight';

const text = (tokens: Token[]): string => tokens.map((t) => (typeof t === 'string' ? t : text(t.children))).join('');

describe('highlight', () => {
  const samples: Record<string, string> = {
    js: 'const a = `x ${1 + 2} y`; // <b>',
    ts: 'type A<T> = { a: T };',
    py: 'def f(x):\n    """<doc>"""\n    return f"{x}"',
    rs: "fn f<'a>(x: &'a str) -> u8 { 1 }",
    html: '<p class="a">x<script>let b = 1;</script><style>p { color: red }</style></p>',
    css: 'a:hover { color: #fff }',
    json: '{"a": [1, true, null]}',
    diff: '- a\n+ b',
    toml: '[a]\nb = "c"',
    yaml: 'a: [1, 2]',
    sh: 'echo "$HOME" | grep a',
    sql: 'SELECT a FROM b WHERE c = 1',
    'c++': '#include <a>\nint main() {}',
    dockerfile: 'FROM a\nRUN echo b',
    md: '# a\n```js\nlet b\n```',
  };
  it.each(Object.keys(samples))('keeps every character of %s and finds something in it', async (language) => {
    const code = samples[language]!;
    const tokens = (await highlight(code, language))!;
    expect(text(tokens)).toBe(code);
    expect(tokens.some((token) => typeof token !== 'string')).toBe(true);
  });

  it('knows every language of its list by name', async () => {
    for (const name of ['bash', 'c', 'cpp', 'csharp', 'go', 'ini', 'java', 'kotlin', 'lua', 'php', 'powershell', 'ruby', 'swift', 'typescript', 'xml']) {
      expect(await highlight('a', name), name).toBeDefined();
    }
  });

  it('leaves unknown languages and very long code alone', async () => {
    expect(await highlight('a', 'klingon')).toBeUndefined();
    expect(await highlight('a', 'constructor')).toBeUndefined();
    expect(await highlight('a'.repeat(20_001), 'js')).toBeUndefined();
  });
});
