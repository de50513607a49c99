import type { ReactElement, ReactNode } from 'react';
import { Tooltip as AriaTooltip, TooltipTrigger } from 'react-aria-components';

interface Props {
  text: ReactNode;
  placement?: 'top' | 'bottom' | 'left' | 'right';
  delay?: number;
  onOpenChange?: (open: boolean) => void;
  children: ReactElement;
}

/** The trigger inside has to be a react-aria element that can be hovered and focused. */
export function Tooltip({ text, placement = 'top', delay = 350, onOpenChange, children }: Props) {
  return (
    <TooltipTrigger delay={delay} closeDelay={0} onOpenChange={onOpenChange}>
      {children}
      <AriaTooltip placement={placement} offset={6} className="tooltip">
        {text}
      </AriaTooltip>
    </TooltipTrigger>
  );
}
