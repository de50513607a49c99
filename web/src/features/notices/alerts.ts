import { MessageType, type Message } from '../../api/types';
import { t } from '../../i18n';
import { channelName } from '../../state/channels';
import { store } from '../../state/store';
import { isWorthTelling } from '../../state/notify';
import { memberName } from '../../state/members';
import { goToChannel } from '../servers/goToChannel';
import { plainText } from '../markdown';

const DESKTOP = 'guildhall.alerts.desktop';
const SOUND = 'guildhall.alerts.sound';

/** Whether this device shows a message outside of the page. It is asked for in the settings, never on its own. */
export const desktopWanted = (): boolean =>
  localStorage.getItem(DESKTOP) === 'on' && 'Notification' in window && Notification.permission === 'granted';

export const desktopPossible = (): boolean => 'Notification' in window && window.isSecureContext;

export const desktopDenied = (): boolean => 'Notification' in window && Notification.permission === 'denied';

export async function wantDesktop(wanted: boolean): Promise<boolean> {
  const granted = wanted && (await Notification.requestPermission()) === 'granted';
  localStorage.setItem(DESKTOP, granted ? 'on' : 'off');
  return granted;
}

export const soundWanted = (): boolean => localStorage.getItem(SOUND) !== 'off';

export function wantSound(wanted: boolean): void {
  localStorage.setItem(SOUND, wanted ? 'on' : 'off');
  if (wanted) chime();
}

/** Somebody else wrote something that nobody is looking at. */
export function alertMessage(message: Message): void {
  const state = store.getState();
  const channel = state.channels[message.channel_id];
  if (!channel || message.author.id === state.me?.id || state.status === 'dnd') return;
  if (state.relationships[message.author.id]?.type === 2) return;
  if (message.type !== MessageType.Default && message.type !== MessageType.Reply) return;
  if (!isWorthTelling(state, message)) return;
  const looking = document.visibilityState === 'visible' && document.hasFocus();
  if (looking && state.openChannel === channel.id) return;
  if (soundWanted()) chime();
  if (looking || !desktopWanted()) return;
  const author = message.webhook_id ? message.author.username : memberName(state, channel.guildId, message.author.id);
  const title = channel.guildId
    ? `${author} · #${channelName(state, channel)} · ${state.guilds[channel.guildId]?.name ?? ''}`
    : channel.recipients.length > 1
      ? `${author} · ${channelName(state, channel)}`
      : author;
  const body = plainText(message.content, {
    users: (id) => state.users[id],
    channels: (id) => state.channels[id],
    roles: (id) => (channel.guildId ? state.guilds[channel.guildId]?.roles[id] : undefined),
  });
  try {
    const shown = new Notification(title, { body: body || t('Message without text'), icon: '/favicon.svg', tag: channel.id });
    shown.onclick = () => {
      window.focus();
      goToChannel(channel.id);
      shown.close();
    };
  } catch {
    // Phones know notifications only from a service worker.
  }
}

let audio: AudioContext | null = null;
let last = 0;

/** Two soft notes, made here: nothing to load. */
function chime(): void {
  if (Date.now() - last < 1500) return;
  last = Date.now();
  try {
    audio ??= new AudioContext();
    if (audio.state === 'suspended') {
      // Nothing may be heard before the page was touched; queued notes would all sound together then.
      void audio.resume();
      return;
    }
    const start = audio.currentTime + 0.01;
    for (const [note, offset] of [
      [660, 0],
      [880, 0.09],
    ] as const) {
      const tone = audio.createOscillator();
      const level = audio.createGain();
      tone.frequency.value = note;
      level.gain.setValueAtTime(0, start + offset);
      level.gain.linearRampToValueAtTime(0.06, start + offset + 0.015);
      level.gain.exponentialRampToValueAtTime(0.0005, start + offset + 0.28);
      tone.connect(level).connect(audio.destination);
      tone.start(start + offset);
      tone.stop(start + offset + 0.3);
    }
  } catch {
    // A device without sound stays silent.
  }
}
