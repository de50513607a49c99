import { useRef, useState, type ReactNode } from 'react';
import { t } from '../i18n';
import { Button } from './Button';

interface Props {
  label: string;
  /** What is shown while nothing else was chosen. */
  children: ReactNode;
  picture: string | null;
  most: number;
  onPick: (picture: string | null) => void;
  removable?: boolean;
}

export const readPicture = (file: File): Promise<string> =>
  new Promise((done, fail) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result));
    reader.onerror = () => fail(reader.error ?? new Error('unreadable'));
    reader.readAsDataURL(file);
  });

/** A picture from this device, shown before it is sent anywhere. */
export function PictureField({ label, children, picture, most, onPick, removable }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <div className="picture-field">
      <div className="picture-shown">{picture ? <img src={picture} alt="" /> : children}</div>
      <div className="picture-acts">
        <span className="field-label">{label}</span>
        <div className="picture-buttons">
          <Button small onPress={() => input.current?.click()}>
            {t('Choose picture')}
          </Button>
          {removable || picture ? (
            <Button small tone="quiet" onPress={() => onPick(null)}>
              {t('Remove')}
            </Button>
          ) : null}
        </div>
        {problem ? (
          <span role="alert" className="field-error">
            {problem}
          </span>
        ) : null}
      </div>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/gif,image/webp"
        className="visually-hidden"
        aria-label={label}
        tabIndex={-1}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (!file) return;
          if (file.size > most) {
            setProblem(t('This picture is too large: {max} KB at most.', { max: Math.floor(most / 1024) }));
            return;
          }
          setProblem(null);
          readPicture(file).then(onPick, () => setProblem(t('This file cannot be read.')));
        }}
      />
    </div>
  );
}
