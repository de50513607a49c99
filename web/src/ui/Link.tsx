import type { ReactNode } from 'react';
import { Button } from 'react-aria-components';

/** Looks like a link and goes somewhere inside the page. */
export function Link({ onPress, children }: { onPress: () => void; children: ReactNode }) {
  return (
    <Button className="link" onPress={onPress}>
      {children}
    </Button>
  );
}
