import { createContext, useContext } from 'react';
import type { Id, Message } from '../../api/types';

/** What a message can ask of the conversation that it stands in. */
export interface ConversationActs {
  reply: (message: Message) => void;
  remove: (message: Message, now: boolean) => void;
  pickReaction: (message: Message, anchor: Element) => void;
  menu: (message: Message, x: number, y: number) => void;
  profile: (user: Id, anchor: Element) => void;
  jump: (message: Id) => void;
  showPins: () => void;
  startThread: (message: Message) => void;
  focusComposer: () => void;
}

const missing = () => {
  throw new Error('A message stands outside a conversation');
};

export const ActsContext = createContext<ConversationActs>({
  reply: missing,
  remove: missing,
  pickReaction: missing,
  menu: missing,
  profile: missing,
  jump: missing,
  showPins: missing,
  startThread: missing,
  focusComposer: missing,
});

export const useActs = (): ConversationActs => useContext(ActsContext);
