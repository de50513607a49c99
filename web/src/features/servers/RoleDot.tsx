const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

/** The colour of a name. A little of the text's own keeps what somebody chose readable on light and on dark ground. */
export const cssColor = (color: number | null | undefined): string | undefined =>
  color ? `color-mix(in srgb, ${hex(color)} var(--role-share), var(--text-strong))` : undefined;

/** The colour of a role, as a dot beside its name. */
export function RoleDot({ color }: { color: number }) {
  return <span className="role-dot" style={color ? { backgroundColor: hex(color) } : undefined} aria-hidden="true" />;
}
