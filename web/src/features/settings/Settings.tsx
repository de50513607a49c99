import { useState } from 'react';
import { Button as AriaButton } from 'react-aria-components';
import { t } from '../../i18n';
import { Confirm } from '../../ui/Confirm';
import { Icon } from '../../ui/Icon';
import { Account } from './Account';
import { Appearance } from './Appearance';
import { Applications } from './Applications';
import { Devices } from './Devices';
import { Language } from './Language';
import { logOut } from './logOut';
import { Notifications } from './Notifications';
import { ProfileSettings } from './ProfileSettings';
import { SettingsFrame, type Section } from './SettingsFrame';

const sections: Section[] = [
  { id: 'account', icon: 'user', title: t('My account'), body: () => <Account /> },
  { id: 'profile', icon: 'card', title: t('Profile'), body: () => <ProfileSettings /> },
  { id: 'devices', icon: 'device', title: t('Devices'), body: () => <Devices /> },
  { id: 'applications', icon: 'bot', title: t('Applications & bots'), body: () => <Applications /> },
  { id: 'appearance', icon: 'palette', title: t('Appearance'), body: () => <Appearance /> },
  { id: 'notifications', icon: 'bell', title: t('Notifications'), body: () => <Notifications /> },
  { id: 'language', icon: 'globe', title: t('Language'), body: () => <Language /> },
];

export function Settings({ onClose }: { onClose: () => void }) {
  const [leaving, setLeaving] = useState(false);
  return (
    <SettingsFrame
      title={t('Settings')}
      close={t('Close settings')}
      sections={sections}
      onClose={onClose}
      foot={
        <AriaButton className="settings-tab settings-logout" onPress={() => setLeaving(true)}>
          <Icon name="leave" size={19} />
          {t('Log out')}
        </AriaButton>
      }
    >
      {leaving ? (
        <Confirm
          title={t('Log out?')}
          action={t('Log out')}
          onClose={() => setLeaving(false)}
          onConfirm={async () => {
            await logOut();
            return null;
          }}
        >
          <p>{t('This device forgets your account, your drafts and what is not sent yet. Your conversations stay on the server.')}</p>
        </Confirm>
      ) : null}
    </SettingsFrame>
  );
}
