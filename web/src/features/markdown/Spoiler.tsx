import { useState, type ReactNode } from 'react';
import { t } from '../../i18n';

/** Hidden until pressed. What is hidden can be neither read aloud nor reached with the keyboard. */
export function Spoiler({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  if (shown) {
    // still focusable, so that whoever revealed it by keyboard goes on from here
    return (
      <span className="md-spoiler md-spoiler-shown" tabIndex={-1}>
        <span>{children}</span>
      </span>
    );
  }
  return (
    <span
      className="md-spoiler"
      role="button"
      tabIndex={0}
      aria-label={t('Spoiler: press to reveal')}
      onClick={() => setShown(true)}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' && event.key !== ' ') return;
        event.preventDefault();
        event.stopPropagation();
        setShown(true);
      }}
    >
      <span inert>{children}</span>
    </span>
  );
}
