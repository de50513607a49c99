const TOKEN = 'guildhall.token';

let current: string | null = read();

function read(): string | null {
  try {
    return localStorage.getItem(TOKEN);
  } catch {
    return null;
  }
}

export function token(): string | null {
  return current;
}

export function setToken(value: string | null): void {
  current = value;
  try {
    if (value === null) localStorage.removeItem(TOKEN);
    else localStorage.setItem(TOKEN, value);
  } catch {
    // Storage may be switched off; the token then lives as long as the page.
  }
}

/** Another tab logged in or out: this one has to follow. */
export function onTokenChange(listener: () => void): () => void {
  const handler = (event: StorageEvent) => {
    if (event.key !== TOKEN && event.key !== null) return;
    current = read();
    listener();
  };
  window.addEventListener('storage', handler);
  return () => window.removeEventListener('storage', handler);
}
