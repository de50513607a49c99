import type { Id } from '../../api/types';

/** Where each conversation was left: the row at the top and how far into it. Nothing means at the end. */
export interface ScrollPlace {
  key: string;
  offset: number;
}

const places = new Map<Id, ScrollPlace>();

export const placeOf = (channel: Id): ScrollPlace | undefined => places.get(channel);

export function rememberPlace(channel: Id, place: ScrollPlace | null): void {
  if (place) places.set(channel, place);
  else places.delete(channel);
}

export const forgetScroll = (): void => places.clear();
