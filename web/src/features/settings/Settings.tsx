import { useState, type ReactNode } from 'react';
import { Button as AriaButton, Dialog, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { t } from '../../i18n';
import { IconButton } from '../../ui/Button';
import { Confirm } from '../../ui/Confirm';
import { Icon, type IconName } from '../../ui/Icon';
import { Account } from './Account';
import { Appearance } from './Appearance';
import { Applications } from './Applications';
import { Devices } from './Devices';
import { Language } from './Language';
import { logOut } from './logOut';
import { Notifications } from './Notifications';
import { ProfileSettings } from './ProfileSettings';
import './settings.css';

interface Section {
  id: string;
  icon: IconName;
  title: string;
  body: () => ReactNode;
}

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
  const narrow = window.matchMedia('(max-width: 760px)').matches;
  const [section, setSection] = useState('account');
  // On a phone the list of sections comes first and fills the screen.
  const [inside, setInside] = useState(!narrow);
  const [leaving, setLeaving] = useState(false);
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className="settings-overlay"
    >
      <Modal className="settings-modal">
        <Dialog aria-label={t('Settings')} className="settings">
          <Tabs
            orientation="vertical"
            selectedKey={section}
            onSelectionChange={(key) => setSection(String(key))}
            className="settings-tabs"
            data-inside={inside}
          >
            <div className="settings-side">
              <div className="settings-side-head">
                <h1>{t('Settings')}</h1>
                <span className="only-narrow">
                  <IconButton icon="close" label={t('Close settings')} onPress={onClose} />
                </span>
              </div>
              <TabList aria-label={t('Settings')} className="settings-list">
                {sections.map(({ id, icon, title }) => (
                  <Tab key={id} id={id} className="settings-tab" onClick={() => setInside(true)}>
                    <Icon name={icon} size={19} />
                    {title}
                  </Tab>
                ))}
              </TabList>
              <AriaButton className="settings-tab settings-logout" onPress={() => setLeaving(true)}>
                <Icon name="leave" size={19} />
                {t('Log out')}
              </AriaButton>
            </div>
            <div className="settings-main">
              {sections.map(({ id, title, body }) => (
                <TabPanel key={id} id={id} className="settings-panel">
                  <div className="settings-panel-head">
                    <span className="only-narrow">
                      <IconButton icon="back" label={t('Back to settings')} onPress={() => setInside(false)} />
                    </span>
                    <h2>{title}</h2>
                  </div>
                  {body()}
                </TabPanel>
              ))}
            </div>
            <div className="settings-close only-wide">
              <IconButton icon="close" label={t('Close settings')} onPress={onClose} placement="left" />
              <span aria-hidden="true">{t('Esc')}</span>
            </div>
          </Tabs>
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
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
