import { conversations } from './support/page';
import { expect, test } from './support/test';

test('the page runs and loads nothing that is not its own', async ({ person, mayLog, noise }) => {
  mayLog(/Content Security Policy/);
  const { page } = await person('Ada');
  await expect(conversations(page)).toBeVisible();
  expect(noise.heard(/Content Security Policy/), 'in ordinary use').toEqual([]);

  const outcome = await page.evaluate(async () => {
    // what a debugger asks for directly is exempt; from here on this is a script like any other
    await new Promise((resolve) => setTimeout(resolve, 0));
    const script = document.createElement('script');
    script.textContent = 'window.intruder = true';
    document.body.append(script);
    const style = document.createElement('style');
    style.textContent = 'body { --intruder: 1 }';
    document.head.append(style);
    document.body.insertAdjacentHTML('beforeend', '<button id="intruder" onclick="window.intruder = true"></button>');
    document.getElementById('intruder')!.click();
    const refused = (work: () => unknown) => Promise.resolve().then(work).then(() => false, () => true);
    return {
      ran: (window as { intruder?: unknown }).intruder === true,
      styled: getComputedStyle(document.body).getPropertyValue('--intruder'),
      noEval: await refused(() => new Function('return 1')()),
      noElsewhere: await refused(() => fetch('https://elsewhere.example/')),
    };
  });
  expect(outcome).toEqual({ ran: false, styled: '', noEval: true, noElsewhere: true });
  // this is how every journey would have learned of it
  expect(noise.heard(/Content Security Policy/).length).toBeGreaterThan(3);
});

test('the page cannot be framed and is not remembered by others', async ({ server }) => {
  const { headers } = await fetch(server.url);
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  expect(headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(headers.get('x-content-type-options')).toBe('nosniff');
  expect(headers.get('referrer-policy')).toBe('no-referrer');
});
