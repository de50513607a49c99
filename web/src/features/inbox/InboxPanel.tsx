import { useState } from 'react';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { t } from '../../i18n';
import { unreadPlaces } from '../../state/inbox';
import { useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { Mentions } from './Mentions';
import { Unreads } from './Unreads';

/** What mentioned one, and what is unread. */
export function InboxPanel({ onGone }: { onGone: () => void }) {
  const [tab, setTab] = useState('mentions');
  const unread = useApp((s) => unreadPlaces(s).length);
  return (
    <Tabs className="inbox" selectedKey={tab} onSelectionChange={(key) => setTab(String(key))}>
      <div className="inbox-head">
        <h2>{t('Inbox')}</h2>
        <TabList aria-label={t('Inbox')} className="tabs inbox-tabs">
          <Tab id="mentions" className="tab">
            {t('Mentions')}
          </Tab>
          <Tab id="unreads" className="tab">
            {t('Unreads')}
            <Badge
              count={unread}
              label={t('{count, plural, one {# unread conversation} other {# unread conversations}}', { count: unread })}
            />
          </Tab>
        </TabList>
      </div>
      <TabPanel id="mentions" className="inbox-panel">
        <Mentions onGone={onGone} />
      </TabPanel>
      <TabPanel id="unreads" className="inbox-panel">
        <Unreads onGone={onGone} />
      </TabPanel>
    </Tabs>
  );
}
