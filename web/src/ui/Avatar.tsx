const hues = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

interface Props {
  /** Decides the colour. */
  seed: string;
  name: string;
  image?: string | null;
  size?: 20 | 24 | 32 | 40 | 48 | 80;
  status?: string;
}

/** Says nothing to a screen reader: the name always stands beside it. */
export function Avatar({ seed, name, image, size = 40, status }: Props) {
  // the low bits of an id count within one millisecond: nearly always none
  const hue = hues[Number((BigInt(/^\d+$/.test(seed) ? seed : 0) >> 22n) % 8n)] ?? 'a';
  const initial = Array.from(name.trim())[0]?.toLocaleUpperCase() ?? '?';
  return (
    <span className={`avatar avatar-${size} avatar-hue-${hue}`} aria-hidden="true">
      {image ? <img src={image} alt="" draggable={false} /> : <span className="avatar-initial">{initial}</span>}
      {status ? (
        <span className="avatar-status">
          <span className={`status-dot status-${status}`} />
        </span>
      ) : null}
    </span>
  );
}
