const hex = (color: number) => `#${color.toString(16).padStart(6, '0')}`;

export const cssColor = (color: number | null | undefined): string | undefined => (color ? hex(color) : undefined);

/** The colour of a role, as a dot beside its name. */
export function RoleDot({ color }: { color: number }) {
  return <span className="role-dot" style={color ? { backgroundColor: hex(color) } : undefined} aria-hidden="true" />;
}
