import type { ReactNode } from 'react';
import {
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
  TextField,
  type TextFieldProps,
} from 'react-aria-components';

export interface FieldProps extends Omit<TextFieldProps, 'className' | 'style' | 'children'> {
  label: string;
  hint?: ReactNode;
  error?: string | null;
  multiline?: boolean;
  rows?: number;
  placeholder?: string;
  hideLabel?: boolean;
  after?: ReactNode;
}

export function Field({ label, hint, error, multiline, rows, placeholder, hideLabel, after, ...props }: FieldProps) {
  return (
    <TextField {...props} isInvalid={Boolean(error)} validationBehavior="aria" className="field">
      <Label className={hideLabel ? 'visually-hidden' : 'field-label'}>{label}</Label>
      <div className="field-box">
        {multiline ? (
          <TextArea className="field-input field-area" rows={rows ?? 4} placeholder={placeholder} />
        ) : (
          <Input className="field-input" placeholder={placeholder} />
        )}
        {after}
      </div>
      {hint && !error ? (
        <Text slot="description" className="field-hint">
          {hint}
        </Text>
      ) : null}
      <FieldError className="field-error">{error}</FieldError>
    </TextField>
  );
}
