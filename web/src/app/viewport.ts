const KEYBOARD = 80;

/**
 * Some phones lay their keyboard over the page instead of making it smaller. The shell is then made as high as what can
 * be seen, so that the composer stays above the keyboard.
 */
export function followKeyboard(): void {
  const visible = window.visualViewport;
  if (!visible) return;
  const fit = () => {
    const covered = window.innerHeight - visible.height > KEYBOARD && visible.scale === 1;
    if (covered) {
      document.documentElement.style.setProperty('--visible-height', `${visible.height}px`);
      window.scrollTo(0, 0);
    } else {
      document.documentElement.style.removeProperty('--visible-height');
    }
  };
  visible.addEventListener('resize', fit);
  visible.addEventListener('scroll', fit);
}
