/** Waits until `probe` answers something true, and answers that. */
export async function until(what, probe, within = 20_000) {
  const deadline = Date.now() + within;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > deadline) throw new Error(`waited ${within} ms for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The values of the next event of this name that fits. */
export function event(emitter, name, fits = () => true, within = 20_000) {
  return new Promise((resolve, reject) => {
    const listener = (...values) => {
      if (!fits(...values)) return;
      done();
      resolve(values);
    };
    const done = () => {
      clearTimeout(late);
      emitter.off(name, listener);
    };
    const late = setTimeout(() => {
      done();
      reject(new Error(`no ${name} that fits within ${within} ms`));
    }, within);
    emitter.on(name, listener);
  });
}
