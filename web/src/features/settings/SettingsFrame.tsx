import { useLayoutEffect, useRef, useState, type ReactNode } from 'react';
import { Dialog, Modal, ModalOverlay, Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { t } from '../../i18n';
import { IconButton } from '../../ui/Button';
import { Icon, type IconName } from '../../ui/Icon';
import './settings.css';

export interface Section {
  id: string;
  icon: IconName;
  title: string;
  body: () => ReactNode;
}

interface Props {
  title: string;
  /** What the buttons that close it are called. */
  close: string;
  sections: Section[];
  /** Below the list of sections. */
  foot?: ReactNode;
  onClose: () => void;
  children?: ReactNode;
}

/** Settings that fill the screen: sections at the side, what was chosen beside them. */
export function SettingsFrame({ title, close, sections, foot, onClose, children }: Props) {
  const narrow = window.matchMedia('(max-width: 760px)').matches;
  const [section, setSection] = useState(sections[0]?.id ?? '');
  // On a phone the list of sections comes first and fills the screen.
  const [inside, setInside] = useState(!narrow);
  const main = useRef<HTMLDivElement>(null);
  // Each section is read from its beginning.
  useLayoutEffect(() => {
    if (main.current) main.current.scrollTop = 0;
  }, [section]);
  return (
    <ModalOverlay
      isOpen
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      className="settings-overlay"
    >
      <Modal className="settings-modal">
        <Dialog aria-label={title} className="settings">
          <Tabs
            orientation="vertical"
            selectedKey={section}
            onSelectionChange={(key) => setSection(String(key))}
            className="settings-tabs"
            data-inside={inside}
          >
            <div className="settings-side">
              <div className="settings-side-head">
                <h1>{title}</h1>
                <span className="only-narrow">
                  <IconButton icon="close" label={close} onPress={onClose} />
                </span>
              </div>
              <TabList aria-label={title} className="settings-list">
                {sections.map((one) => (
                  <Tab key={one.id} id={one.id} className="settings-tab" onClick={() => setInside(true)}>
                    <Icon name={one.icon} size={19} />
                    {one.title}
                  </Tab>
                ))}
              </TabList>
              {foot}
            </div>
            <div ref={main} className="settings-main">
              {sections.map((one) => (
                <TabPanel key={one.id} id={one.id} className="settings-panel">
                  <div className="settings-panel-head">
                    <span className="only-narrow">
                      <IconButton icon="back" label={t('Back to settings')} onPress={() => setInside(false)} />
                    </span>
                    <h2>{one.title}</h2>
                  </div>
                  {one.body()}
                </TabPanel>
              ))}
            </div>
            <div className="settings-close only-wide">
              <IconButton icon="close" label={close} onPress={onClose} placement="left" />
              <span aria-hidden="true">{t('Esc')}</span>
            </div>
          </Tabs>
          {children}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
