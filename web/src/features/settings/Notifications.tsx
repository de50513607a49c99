import { useState } from 'react';
import { Switch } from 'react-aria-components';
import { t } from '../../i18n';
import { desktopDenied, desktopPossible, desktopWanted, soundWanted, wantDesktop, wantSound } from '../notices/alerts';

export function Notifications() {
  const [desktop, setDesktop] = useState(desktopWanted);
  const [sound, setSound] = useState(soundWanted);
  const [refused, setRefused] = useState(false);
  const possible = desktopPossible();
  return (
    <div className="form">
      <p className="settings-lead">
        {t('These belong to this device. While your status is “Do not disturb” nothing is shown or heard.')}
      </p>
      <Switch
        isSelected={desktop}
        isDisabled={!possible}
        onChange={(wanted) => {
          void wantDesktop(wanted).then((granted) => {
            setDesktop(granted);
            setRefused(wanted && !granted);
          });
        }}
        className="switch"
      >
        <span className="switch-text">
          <strong>{t('Desktop notifications')}</strong>
          <small>
            {possible
              ? t('Shows new messages when this page is not in the foreground.')
              : t('Your browser allows them only over a secure connection (https).')}
          </small>
        </span>
        <Track />
      </Switch>
      {refused || (possible && desktopDenied()) ? (
        <p role="alert" className="form-error">
          {t('Your browser does not allow notifications for this page. You can change that in its settings.')}
        </p>
      ) : null}
      <Switch
        isSelected={sound}
        onChange={(wanted) => {
          setSound(wanted);
          wantSound(wanted);
        }}
        className="switch"
      >
        <span className="switch-text">
          <strong>{t('Sound')}</strong>
          <small>{t('A soft chime for messages that you are not looking at.')}</small>
        </span>
        <Track />
      </Switch>
    </div>
  );
}

const Track = () => (
  <span className="switch-track" aria-hidden="true">
    <span className="switch-thumb" />
  </span>
);
