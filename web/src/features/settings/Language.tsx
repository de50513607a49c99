import { Label, Radio, RadioGroup } from 'react-aria-components';
import { locale, t } from '../../i18n';

/** One language for now; every text already goes through the catalogue. */
const languages = [{ code: 'en', name: 'English' }];

export function Language() {
  return (
    <div className="form">
      <RadioGroup value={locale()} className="choices">
        <Label className="field-label">{t('Language of the page')}</Label>
        {languages.map(({ code, name }) => (
          <Radio key={code} value={code} className="radio-row">
            <span className="radio-dot" aria-hidden="true" />
            <span>
              <strong>{name}</strong>
            </span>
          </Radio>
        ))}
      </RadioGroup>
      <p className="settings-lead">{t('Dates and times follow the language of your browser.')}</p>
    </div>
  );
}
