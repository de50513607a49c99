import type { Presence } from '../../api/types';
import { t } from '../../i18n';

const CUSTOM = 4;

export function statusName(status: string): string {
  switch (status) {
    case 'online':
      return t('Online');
    case 'idle':
      return t('Idle');
    case 'dnd':
      return t('Do not disturb');
    case 'invisible':
      return t('Invisible');
    default:
      return t('Offline');
  }
}

/** Their own words if they have some, else what they are doing, else the plain status. */
export function statusLine(presence: Presence | undefined): string {
  const custom = presence?.activities.find((a) => a.type === CUSTOM)?.state;
  if (custom) return custom;
  const activity = presence?.activities.find((a) => a.type !== CUSTOM);
  if (activity) {
    switch (activity.type) {
      case 1:
        return t('Streaming {name}', { name: activity.name });
      case 2:
        return t('Listening to {name}', { name: activity.name });
      case 3:
        return t('Watching {name}', { name: activity.name });
      case 5:
        return t('Competing in {name}', { name: activity.name });
      default:
        return t('Playing {name}', { name: activity.name });
    }
  }
  return statusName(presence?.status ?? 'offline');
}
