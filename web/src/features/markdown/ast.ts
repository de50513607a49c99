/** What a message's text means, before anything is drawn. */
export type Node =
  | { type: 'text'; content: string }
  | { type: 'br' }
  | { type: 'strong' | 'em' | 'underline' | 'strike' | 'spoiler' | 'quote' | 'subtext'; content: Node[] }
  | { type: 'heading'; level: 1 | 2 | 3; content: Node[] }
  | { type: 'list'; ordered: boolean; start: number; items: Node[][] }
  | { type: 'code'; content: string }
  | { type: 'codeBlock'; language: string; content: string }
  | { type: 'link'; form: LinkForm; target: string; title: string | undefined; content: Node[] }
  | { type: 'user' | 'role' | 'channel'; id: string }
  | { type: 'everyone' | 'here' }
  | { type: 'command'; name: string; id: string }
  | { type: 'customEmoji'; name: string; id: string; animated: boolean }
  | { type: 'emoji'; content: string }
  | { type: 'timestamp'; unix: number; style: TimestampStyle };

/** `bare`: written as it is; `bracketed`: `<url>`, which asks for no preview; `masked`: `[text](url)`. */
export type LinkForm = 'bare' | 'bracketed' | 'masked';

export type TimestampStyle = 't' | 'T' | 'd' | 'D' | 'f' | 'F' | 's' | 'S' | 'R';
