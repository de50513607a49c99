import { Button as AriaButton } from 'react-aria-components';
import { t } from '../../i18n';
import { ago } from '../../i18n/time';
import { channelName } from '../../state/channels';
import { idTime } from '../../state/ids';
import { unreadPlaces, type UnreadPlace } from '../../state/inbox';
import { useApp } from '../../state/store';
import { Badge } from '../../ui/Badge';
import { Button, IconButton } from '../../ui/Button';
import { Icon } from '../../ui/Icon';
import { markRead } from '../conversation/markRead';
import { goToChannel } from '../servers/goToChannel';
import { markPlacesRead } from './markPlacesRead';
import { PlaceName } from './PlaceName';

/** Rows that are drawn: what is behind them comes forward as they are read. */
const ROWS = 100;

export function Unreads({ onGone }: { onGone: () => void }) {
  const places = useApp(unreadPlaces);
  if (places.length === 0) {
    return (
      <p className="inbox-empty">
        <Icon name="check" size={32} />
        {t('You have read everything.')}
      </p>
    );
  }
  return (
    <>
      <div className="inbox-filter">
        <Button small onPress={() => void markPlacesRead(places)}>
          {t('Mark all as read')}
        </Button>
      </div>
      <ul className="inbox-list" aria-label={t('Unreads')}>
        {places.slice(0, ROWS).map((place) => (
          <Row key={place.id} place={place} onGone={onGone} />
        ))}
      </ul>
      {places.length > ROWS ? (
        <p className="inbox-rest">{t('{count, plural, one {and # more} other {and # more}}', { count: places.length - ROWS })}</p>
      ) : null}
    </>
  );
}

function Row({ place, onGone }: { place: UnreadPlace; onGone: () => void }) {
  const channel = useApp((s) => s.channels[place.id]);
  const name = useApp((s) => (channel ? channelName(s, channel) : ''));
  return (
    <li className="inbox-row">
      <AriaButton
        className="inbox-open"
        onPress={() => {
          onGone();
          goToChannel(place.id);
        }}
      >
        <PlaceName channelId={place.id} />
        <small>{ago(idTime(place.last))}</small>
        <Badge count={place.count} label={t('{count} unread', { count: place.count })} />
      </AriaButton>
      <IconButton icon="check" size={18} label={t('Mark {name} as read', { name })} onPress={() => markRead(place.id)} />
    </li>
  );
}
