import { createContext, useContext } from 'react';
import type { Id } from '../../api/types';

/** The server that a conversation is in; null in private. Names and colours depend on it. */
export const GuildContext = createContext<Id | null>(null);

export const useGuild = (): Id | null => useContext(GuildContext);
