import { ApiError, NetworkError } from '../api/client';
import { t } from '../i18n';

/** What a person reads when something was refused. Codes that say little in the server's words get better ones here. */
export function explain(error: unknown): string {
  if (error instanceof NetworkError) return t('The server cannot be reached. Check your connection and try again.');
  if (!(error instanceof ApiError)) return t('Something went wrong. Please try again.');
  switch (error.code) {
    case 50007:
      return t('Your message could not be delivered: you can only write to friends, and neither of you may have blocked the other.');
    case 80000:
      return t('This person does not accept friend requests.');
    case 80001:
      return t('You cannot send a friend request to this person.');
    case 80003:
      return t('You cannot send a friend request to yourself.');
    case 80004:
      return t('There is nobody with that username. Check the spelling.');
    case 80007:
      return t('You are already friends.');
    case 10003:
      return t('This conversation does not exist any more.');
    case 10004:
      return t('This server does not exist any more, or you are not in it.');
    case 10006:
      return t('This invite is not valid. It may have expired.');
    case 10007:
      return t('This person is not in the server any more.');
    case 10011:
      return t('This role does not exist any more.');
    case 20016:
      return t('Slow mode is on: wait a moment before you write again.');
    case 30001:
      return t('You are in as many servers as you can be. Leave one first.');
    case 30005:
      return t('This server has as many roles as it can have.');
    case 30007:
      return t('This channel has as many webhooks as it can have.');
    case 30008:
      return t('This server has as many emoji as it can have.');
    case 30013:
      return t('This server has as many channels as it can have.');
    case 40007:
      return t('This person is banned from the server.');
    case 50055:
      return t('You own this server: give it to somebody else first, or delete it.');
    case 50083:
      return t('This thread is closed.');
    case 160004:
      return t('This message has a thread already.');
    case 10008:
      return t('This message does not exist any more.');
    case 30010:
      return t('This message has as many different reactions as it can hold.');
    case 30003:
      return t('This conversation has as many pinned messages as it can hold. Unpin one first.');
    case 30004:
      return t('This group is full.');
    case 50001:
    case 50013:
      return t('You are not allowed to do that.');
  }
  if (error.status === 429) {
    const seconds = Math.ceil(error.retryAfter ?? 0);
    if (seconds > 90) {
      return t('Too many attempts. Try again in {count, plural, one {# minute} other {# minutes}}.', {
        count: Math.ceil(seconds / 60),
      });
    }
    if (seconds > 5) return t('Too many attempts. Try again in {seconds} seconds.', { seconds });
    return t('You are going too fast. Wait a moment and try again.');
  }
  if (error.status >= 500) return t('The server has a problem. Please try again in a moment.');
  const field = Object.values(error.fields)[0];
  return field?.message || error.message || t('Something went wrong. Please try again.');
}
