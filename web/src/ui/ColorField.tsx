import { t } from '../i18n';

const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

/** Colours that can be told apart on dark and light ground. */
const COLORS = [0x1abc9c, 0x2ecc71, 0x3498db, 0x9b59b6, 0xe91e63, 0xf1c40f, 0xe67e22, 0xe74c3c, 0x607d8b, 0x4263eb];

interface Props {
  /** 0: none was chosen. */
  value: number;
  onChange: (color: number) => void;
  isDisabled?: boolean;
}

export function ColorField({ value, onChange, isDisabled }: Props) {
  return (
    <div className="field" role="group" aria-label={t('Color')}>
      <span className="field-label">{t('Color')}</span>
      <div className="swatches">
        <button
          type="button"
          className={value === 0 ? 'swatch swatch-none is-selected' : 'swatch swatch-none'}
          aria-label={t('No color')}
          aria-pressed={value === 0}
          disabled={isDisabled}
          onClick={() => onChange(0)}
        />
        {COLORS.map((one) => (
          <button
            key={one}
            type="button"
            className={value === one ? 'swatch is-selected' : 'swatch'}
            style={{ backgroundColor: hex(one) }}
            aria-label={hex(one)}
            aria-pressed={value === one}
            disabled={isDisabled}
            onClick={() => onChange(one)}
          />
        ))}
        <input
          type="color"
          className="swatch swatch-own"
          aria-label={t('Another color')}
          value={hex(value || 0x99aab5)}
          disabled={isDisabled}
          onChange={(event) => onChange(parseInt(event.target.value.slice(1), 16))}
        />
      </div>
    </div>
  );
}
