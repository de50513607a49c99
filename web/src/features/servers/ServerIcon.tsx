import type { Id } from '../../api/types';
import { useApp } from '../../state/store';

const hues = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

/** The first letters of its words, as many as fit. */
export const initialsOf = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => Array.from(word)[0] ?? '')
    .join('')
    .slice(0, 3)
    .toLocaleUpperCase();

interface PlainProps {
  id: Id;
  name: string;
  icon: string | null | undefined;
  size: 16 | 24 | 32 | 48 | 80;
}

/** The picture of a server, or its initials. Its name always stands beside it. */
export function PlainServerIcon({ id, name, icon, size }: PlainProps) {
  const hue = hues[Number((BigInt(/^\d+$/.test(id) ? id : 0) >> 22n) % 8n)] ?? 'a';
  return (
    <span className={`server-icon server-icon-${size} avatar-hue-${hue}`} aria-hidden="true">
      {icon ? (
        <img src={`/icons/${id}/${icon}.png?size=128`} alt="" draggable={false} />
      ) : (
        <span className="avatar-initial server-initials">{size === 16 ? Array.from(initialsOf(name))[0] : initialsOf(name)}</span>
      )}
    </span>
  );
}

export function ServerIcon({ id, size }: { id: Id; size: PlainProps['size'] }) {
  const name = useApp((s) => s.guilds[id]?.name ?? '');
  const icon = useApp((s) => s.guilds[id]?.icon);
  return <PlainServerIcon id={id} name={name} icon={icon} size={size} />;
}
