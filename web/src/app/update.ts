const KEY = 'guildhall.reloaded';
const LOOP_MS = 60_000;

/** A newer server has other files than this page knows: the first one that is missing means that the page is out of date. */
export function reloadWhenReplaced(): void {
  window.addEventListener('vite:preloadError', (event) => {
    const last = Number(sessionStorage.getItem(KEY));
    if (Date.now() - last < LOOP_MS) return;
    event.preventDefault();
    sessionStorage.setItem(KEY, String(Date.now()));
    window.location.reload();
  });
}
