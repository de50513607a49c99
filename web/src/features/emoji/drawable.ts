/** Where Unicode puts the emoji of recent years, which fonts lag behind. */
const YOUNG = /^[\u{1fa70}-\u{1faff}]/u;
/** A code point that no font will ever have: drawn as this browser draws what it lacks. */
const MISSING = '\u{1ffff}';
const SIZE = 20;

/** Tells which emoji the fonts of this machine lack, so that nobody is offered an empty box. */
export function makeDrawable(): (char: string) => boolean {
  const context =
    typeof OffscreenCanvas === 'undefined' ? null : new OffscreenCanvas(SIZE, SIZE).getContext('2d', { willReadFrequently: true });
  if (!context) return () => true;
  context.font = `${SIZE - 4}px 'Apple Color Emoji', 'Segoe UI Emoji', 'Noto Color Emoji', sans-serif`;
  context.textBaseline = 'top';
  const draw = (char: string): Uint8ClampedArray => {
    context.clearRect(0, 0, SIZE, SIZE);
    context.fillText(char, 0, 0);
    return context.getImageData(0, 0, SIZE, SIZE).data;
  };
  // without any coloured font nothing can be told apart
  if (!hasColour(draw('😀'))) return () => true;
  const missing = draw(MISSING).join();
  return (char) => {
    if (!YOUNG.test(char)) return true;
    const drawn = draw(char);
    return hasColour(drawn) || (drawn.some((value) => value !== 0) && drawn.join() !== missing);
  };
}

function hasColour(pixels: Uint8ClampedArray): boolean {
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3]! > 0 && (pixels[i] !== pixels[i + 1] || pixels[i + 1] !== pixels[i + 2])) return true;
  }
  return false;
}
