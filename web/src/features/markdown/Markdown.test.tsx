import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Markdown, type MarkdownProps } from './Markdown';

(globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;

// jsdom lacks what the dialog's library asks of every browser
vi.stubGlobal('CSS', { escape: (text: string) => text });

let root: Root;
let host: HTMLElement;

beforeEach(() => {
  host = document.createElement('div');
  document.body.append(host);
  root = createRoot(host);
});

afterEach(() => {
  act(() => root.unmount());
  host.remove();
  vi.useRealTimers();
});

function show(text: string, props: Partial<MarkdownProps> = {}): HTMLElement {
  act(() =>
    root.render(
      <Markdown
        text={text}
        users={(id) => (id === '1' ? { username: 'ada', global_name: 'Ada' } : undefined)}
        channels={(id) => (id === '2' ? { name: 'general' } : undefined)}
        {...props}
      />,
    ),
  );
  return host.querySelector<HTMLElement>('.md')!;
}

describe('marks', () => {
  it.each([
    ['**a**', 'strong'],
    ['*a*', 'em'],
    ['__a__', 'u'],
    ['~~a~~', 's'],
    ['`a`', 'code'],
    ['> a', 'blockquote'],
    ['- a', 'ul > li'],
    ['7. a', 'ol[start="7"] > li'],
    ['```a```', 'pre > code'],
    ['# a', '[role=heading][aria-level="4"]'],
    ['### a', '[role=heading][aria-level="6"]'],
    ['-# a', '.md-subtext'],
  ])('draws %j as %s', (text, selector) => {
    expect(show(text).querySelector(selector)?.textContent).toBe('a');
  });

  it('breaks lines', () => {
    expect(show('a\nb').querySelectorAll('br')).toHaveLength(1);
  });
});

describe('safety', () => {
  it('shows markup as the text that it is', () => {
    const hostile = '<img src=x onerror=alert(1)><script>alert(1)</script> **<b>** `<i>` ```html\n<svg onload=1>\n```';
    const shown = show(hostile);
    expect(shown.querySelector('img, script, b, i, svg')).toBeNull();
    expect(shown.textContent).toContain('<script>alert(1)</script>');
  });

  it('gives every link the attributes that keep the page to itself', () => {
    const links = show('https://a.example <https://b.example> [c](https://c.example)').querySelectorAll('a');
    expect(links).toHaveLength(3);
    for (const link of links) {
      expect(link.rel).toBe('noopener noreferrer nofollow');
      expect(link.target).toBe('_blank');
    }
  });

  it('makes no link of a script', () => {
    expect(show('[a](javascript:alert(1)) <javascript:alert(1)>').querySelector('a')).toBeNull();
  });
});

describe('masked links', () => {
  it('name the real host, and ask once before they lead there', () => {
    const open = vi.spyOn(window, 'open').mockReturnValue(null);
    const link = show('[click](https://elsewhere.example/path)').querySelector('a')!;
    expect(link.title).toBe('elsewhere.example');
    let followed = false;
    act(() => {
      followed = link.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
    });
    expect(followed).toBe(false);
    const dialog = document.querySelector('[role=dialog], [role=alertdialog]')!;
    expect(dialog.textContent).toContain('https://elsewhere.example/path');
    const go = [...dialog.querySelectorAll('button')].find((b) => b.textContent?.includes('elsewhere.example'))!;
    act(() => go.click());
    expect(open).toHaveBeenCalledWith('https://elsewhere.example/path', '_blank', 'noopener,noreferrer');
    expect(document.querySelector('[role=dialog], [role=alertdialog]')).toBeNull();
    // jsdom cannot navigate, so the second click is only asked whether the page would have let it through
    host.addEventListener('click', (event) => {
      followed = !event.defaultPrevented;
      event.preventDefault();
    });
    act(() => link.click());
    expect(followed).toBe(true);
  });
});

describe('mentions', () => {
  it('name whom they mean', () => {
    expect(show('<@1> <@!1> <@9> <#2> <#9> <@&3> @everyone').textContent).toBe(
      '@Ada @Ada @unknown user #general #unknown channel @unknown role @everyone',
    );
  });

  it('can be pressed when somebody listens', () => {
    const onMention = vi.fn();
    const buttons = show('<@1> <#2>', { onMention }).querySelectorAll('button');
    buttons.forEach((button) => act(() => button.click()));
    expect(onMention.mock.calls).toEqual([
      ['user', '1'],
      ['channel', '2'],
    ]);
  });
});

describe('spoilers', () => {
  it('can be reached and revealed by keyboard, and hide their content from readers until then', () => {
    const spoiler = () => host.querySelector<HTMLElement>('.md-spoiler')!;
    show('||[a](https://example.org)||');
    expect(spoiler().getAttribute('role')).toBe('button');
    expect(spoiler().tabIndex).toBe(0);
    expect(spoiler().querySelector('[inert] a')).not.toBeNull();
    act(() => {
      spoiler().dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
    });
    expect(spoiler().getAttribute('role')).toBeNull();
    expect(spoiler().querySelector('[inert]')).toBeNull();
    expect(spoiler().querySelector('a')).not.toBeNull();
  });
});

describe('emoji', () => {
  it('grow when they are alone', () => {
    expect(show('😀 👩‍💻').className).toContain('md-jumbo');
    expect(show('😀 hi').className).not.toContain('md-jumbo');
    expect(show('😀'.repeat(28)).className).not.toContain('md-jumbo');
  });

  it('that this server lacks show their name', () => {
    const shown = show('<:party:123>');
    const image = shown.querySelector('img')!;
    expect(image.alt).toBe(':party:');
    act(() => {
      image.dispatchEvent(new Event('error'));
    });
    expect(shown.textContent).toBe(':party:');
  });
});

describe('times', () => {
  it('count on while people look', () => {
    vi.useFakeTimers({ now: 1_700_000_000_000 });
    const shown = show('<t:1700000010:R>');
    expect(shown.textContent).toBe('in 10 seconds');
    for (let i = 0; i < 5; i++) act(() => void vi.advanceTimersByTime(1_000));
    expect(shown.textContent).toBe('in 5 seconds');
    expect(shown.querySelector('time')!.dateTime).toBe('2023-11-14T22:13:30.000Z');
  });
});

describe('code blocks', () => {
  it('are coloured once their language has arrived, from the same text', async () => {
    const shown = show('```rs\nfn main() { println!("<b>"); }\n```');
    const code = 'fn main() { println!("<b>"); }';
    expect(shown.querySelector('pre')!.textContent).toBe(code);
    await vi.waitFor(
      async () => {
        await act(() => import('./highlight').then(() => new Promise((resolve) => setTimeout(resolve, 10))));
        expect(shown.querySelector('.hl-keyword')).not.toBeNull();
      },
      { timeout: 20_000 },
    );
    expect(shown.querySelector('.hl-keyword')!.textContent).toBe('fn');
    expect(shown.querySelector('.hl-string')!.textContent).toBe('"<b>"');
    expect(shown.querySelector('pre')!.textContent).toBe(code);
  });

  it('can be copied', async () => {
    const writeText = vi.fn().mockResolvedValue(undefined);
    Object.defineProperty(navigator, 'clipboard', { configurable: true, value: { writeText } });
    const button = show('```a```').querySelector('button')!;
    await act(async () => button.click());
    expect(writeText).toHaveBeenCalledWith('a');
    expect(button.textContent).toBe('Copied');
  });
});

describe('edits', () => {
  it('are said', () => {
    expect(show('a').textContent).toBe('a');
    expect(show('a', { edited: '2026-01-02T03:04:05Z' }).textContent).toBe('a (edited)');
  });
});
