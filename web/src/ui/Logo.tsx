/** A hall with a gable: two posts, a roof, a door that stands open. */
export function Logo({ size = 32 }: { size?: number }) {
  return (
    <svg className="logo" width={size} height={size} viewBox="0 0 64 64" aria-hidden="true">
      <rect className="logo-ground" width="64" height="64" rx="16" />
      <path className="logo-roof" d="M32 11 11 27v4h42v-4L32 11Z" />
      <path className="logo-wall" d="M15 34h34v18H15z" />
      <path className="logo-door" d="M27 52V42a5 5 0 0 1 10 0v10z" />
    </svg>
  );
}
