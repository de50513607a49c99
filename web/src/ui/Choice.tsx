import { Button, Label, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';
import { Icon } from './Icon';

interface Option {
  id: string;
  name: string;
}

interface Props {
  label: string;
  hideLabel?: boolean;
  value: string;
  options: Option[];
  onChange: (id: string) => void;
  disabled?: boolean;
}

/** One of a few things, behind a button that shows which. */
export function Choice({ label, hideLabel, value, options, onChange, disabled }: Props) {
  return (
    <Select
      className="field"
      value={value}
      isDisabled={disabled}
      onChange={(key) => {
        if (key !== null) onChange(String(key));
      }}
    >
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      <Button className="choice-button field-input">
        <SelectValue className="choice-value" />
        <Icon name="chevron" size={16} />
      </Button>
      <Popover className="popover choice-popover">
        <ListBox className="menu choice-list" items={options}>
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.name} className="menu-item">
              <span className="menu-text">{option.name}</span>
              {option.id === value ? <Icon name="check" size={16} /> : null}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </Select>
  );
}
