import { useEffect } from 'react';
import { channelName } from '../../state/channels';
import { totalUnread, unreadOverview } from '../../state/readState';
import { pendingCount } from '../../state/relationships';
import { useApp } from '../../state/store';
import { useRoute } from '../../app/route';

/** The tab says how much waits and what is open. */
export function useUnreadTitle(): void {
  const route = useRoute();
  const open = route.page === 'conversation' ? route.channel : null;
  const name = useApp((s) => (open && s.channels[open] ? channelName(s, s.channels[open]) : null));
  const count = useApp((s) => (s.phase === 'ready' ? totalUnread(s) + pendingCount(s) : 0));
  const some = useApp((s) => s.phase === 'ready' && unreadOverview(s).some);
  useEffect(() => {
    const mark = count > 0 ? `(${count > 99 ? '99+' : count}) ` : some ? '• ' : '';
    document.title = `${mark}${name ? `${name} · ` : ''}Guildhall`;
    void paintFavicon(count);
    const badge = navigator as Navigator & { setAppBadge?: (n: number) => Promise<void>; clearAppBadge?: () => Promise<void> };
    if (count > 0) badge.setAppBadge?.(count).catch(() => {});
    else badge.clearAppBadge?.().catch(() => {});
  }, [count, some, name]);
}

let painted = 0;
let picture: HTMLImageElement | null = null;

async function paintFavicon(count: number): Promise<void> {
  const link = document.querySelector<HTMLLinkElement>('link[rel=icon]');
  if (!link || count === painted) return;
  painted = count;
  if (count === 0) {
    link.type = 'image/svg+xml';
    link.href = '/favicon.svg';
    return;
  }
  try {
    if (!picture) {
      picture = new Image();
      picture.src = '/favicon.svg';
    }
    await picture.decode();
  } catch {
    return;
  }
  if (count !== painted) return;
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = 64;
  const brush = canvas.getContext('2d');
  if (!brush) return;
  brush.drawImage(picture, 0, 0, 64, 64);
  brush.fillStyle = '#d32f3c';
  brush.beginPath();
  brush.arc(44, 44, 20, 0, Math.PI * 2);
  brush.fill();
  brush.fillStyle = '#fff';
  brush.font = 'bold 28px sans-serif';
  brush.textAlign = 'center';
  brush.textBaseline = 'middle';
  brush.fillText(count > 9 ? '9+' : String(count), 44, 46);
  link.type = 'image/png';
  link.href = canvas.toDataURL('image/png');
}
