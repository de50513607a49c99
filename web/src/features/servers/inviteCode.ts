/** The code in what somebody pasted: a link to this page or another one's, or the code alone. */
export function codeIn(text: string): string | null {
  const match = /^(?:(?:https?:\/\/)?[^\s/]+\/(?:invite\/)?)?([\w-]{2,64})\/?(?:[?#].*)?$/.exec(text.trim());
  return match?.[1] ?? null;
}
