import { useState } from 'react';
import { Label, Radio, RadioGroup, Switch } from 'react-aria-components';
import { changeSettings } from '../../api/settings';
import { currentTheme, setDensity, setTheme, type Theme } from '../../app/theme';
import { t } from '../../i18n';
import { apply, useApp } from '../../state/store';
import { attempt } from '../attempt';

export function Appearance() {
  const [theme, choose] = useState<Theme>(currentTheme());
  const compact = useApp((s) => s.settings.message_display_compact === true);
  const developer = useApp((s) => s.settings.developer_mode === true);
  const pickTheme = (next: Theme) => {
    choose(next);
    setTheme(next);
    apply((state) => ({ settings: { ...state.settings, theme: next } }));
    // A theme that follows the system is a matter of this device alone.
    if (next !== 'system') void attempt(() => changeSettings({ theme: next }));
  };
  const pickDensity = (value: boolean) => {
    setDensity(value);
    apply((state) => ({ settings: { ...state.settings, message_display_compact: value } }));
    void attempt(() => changeSettings({ message_display_compact: value }));
  };
  const pickDeveloper = (value: boolean) => {
    apply((state) => ({ settings: { ...state.settings, developer_mode: value } }));
    void attempt(() => changeSettings({ developer_mode: value }));
  };
  return (
    <div className="form">
      <RadioGroup value={theme} onChange={(value) => pickTheme(value as Theme)} className="choices">
        <Label className="field-label">{t('Theme')}</Label>
        <div className="choice-cards">
          <Choice value="dark" title={t('Dark')} />
          <Choice value="light" title={t('Light')} />
          <Choice value="system" title={t('As the system')} />
        </div>
      </RadioGroup>
      <RadioGroup value={compact ? 'compact' : 'cozy'} onChange={(value) => pickDensity(value === 'compact')} className="choices">
        <Label className="field-label">{t('Messages')}</Label>
        <Radio value="cozy" className="radio-row">
          <span className="radio-dot" aria-hidden="true" />
          <span>
            <strong>{t('Comfortable')}</strong>
            <small>{t('Pictures of people and room to breathe.')}</small>
          </span>
        </Radio>
        <Radio value="compact" className="radio-row">
          <span className="radio-dot" aria-hidden="true" />
          <span>
            <strong>{t('Compact')}</strong>
            <small>{t('More messages on the screen.')}</small>
          </span>
        </Radio>
      </RadioGroup>
      <Switch isSelected={developer} onChange={pickDeveloper} className="switch">
        <span className="switch-text">
          <strong>{t('Developer mode')}</strong>
          <small>{t('Adds “Copy ID” to menus, for people who write bots.')}</small>
        </span>
        <span className="switch-track" aria-hidden="true">
          <span className="switch-thumb" />
        </span>
      </Switch>
    </div>
  );
}

function Choice({ value, title }: { value: Theme; title: string }) {
  return (
    <Radio value={value} className={`choice-card theme-${value}`}>
      <span className="theme-sample" aria-hidden="true">
        <span className="theme-sample-side" />
        <span className="theme-sample-main">
          <i />
          <i />
          <i />
        </span>
      </span>
      <span className="choice-title">{title}</span>
    </Radio>
  );
}
