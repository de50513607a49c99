import { useState } from 'react';

interface Props {
  name: string;
  id: string;
  animated: boolean;
}

/** An emoji that a community drew. One that this server does not have shows its name. */
export function CustomEmoji({ name, id, animated }: Props) {
  const [missing, setMissing] = useState(false);
  const label = `:${name}:`;
  if (missing) return <>{label}</>;
  return (
    <img
      className="md-custom-emoji"
      src={`/emojis/${id}.${animated ? 'gif' : 'webp'}?size=96`}
      alt={label}
      title={label}
      loading="lazy"
      draggable={false}
      onError={() => setMissing(true)}
    />
  );
}
