import type { ReactNode } from 'react';
import { Switch } from 'react-aria-components';

interface Props {
  title: string;
  hint?: ReactNode;
  selected: boolean;
  onChange: (selected: boolean) => void;
  disabled?: boolean;
}

/** Something that is on or off, with a word about what that means. */
export function SwitchRow({ title, hint, selected, onChange, disabled }: Props) {
  return (
    <Switch isSelected={selected} onChange={onChange} isDisabled={disabled} className="switch">
      <span className="switch-text">
        <strong>{title}</strong>
        {hint ? <small>{hint}</small> : null}
      </span>
      <span className="switch-track" aria-hidden="true">
        <span className="switch-thumb" />
      </span>
    </Switch>
  );
}
