// What Discord's clients take for granted of every body and every frame, whatever it is about: ids are strings,
// timestamps have microseconds and an offset in numbers, permissions are strings, and keys that stand for something are
// left out where there is nothing. Libraries differ in which breach they survive; so each is a fault here.

const ID = /^[1-9][0-9]{0,19}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/;
const DIGITS = /^(0|[1-9][0-9]*)$/;

/** Absent where there is nothing; `null` breaks some library. */
const NEVER_NULL = new Set(['guild_id', 'member', 'webhook_id', 'nonce', 'poll', 'thread', 'message_reference']);
/** Names that end like an id's and are none. */
const NO_ID = new Set(['session_id', 'id_hash']);
/** Where ids are names, or keys are those of a form that was refused. */
const NOT_LOOKED_AT = [/\/regions\[\d+\]$/, /\.errors\b/];
const TIMES = /(_at|_timestamp|_since|_until)$/;

/** What is wrong with a value, as `path: what`. */
export function faults(value, path = '') {
  if (Array.isArray(value)) return value.flatMap((item, at) => faults(item, `${path}[${at}]`));
  if (value === null || typeof value !== 'object') return [];
  if (NOT_LOOKED_AT.some((pattern) => pattern.test(path))) return [];
  return Object.entries(value).flatMap(([key, inside]) => {
    const here = `${path}.${key}`;
    const fault = faultOf(key, inside);
    return fault ? [`${here}: ${fault} (${JSON.stringify(inside)})`] : faults(inside, here);
  });
}

function faultOf(key, value) {
  if (value === null) return NEVER_NULL.has(key) ? 'null instead of absent' : null;
  if ((key === 'id' || key.endsWith('_id')) && !NO_ID.has(key)) return is(value, ID, 'no id');
  if ((key === 'ids' || key.endsWith('_ids')) && !value.every((id) => ID.test(id))) return 'no ids';
  if (key === 'permissions' || key === 'allow' || key === 'deny') return is(value, DIGITS, 'no permissions');
  if (TIMES.test(key) || (key === 'timestamp' && typeof value === 'string')) return is(value, TIME, 'no timestamp');
  return null;
}

const is = (value, pattern, fault) => (typeof value === 'string' && pattern.test(value) ? null : fault);

/** Keys that each event must have for some library (protocol notes, section on dispatches). */
const EVENTS = {
  READY: 'v user guilds session_id resume_gateway_url application private_channels',
  RESUMED: '',
  GUILD_CREATE:
    'id name owner_id roles emojis features stickers joined_at large member_count voice_states members channels ' +
    'threads presences stage_instances guild_scheduled_events soundboard_sounds premium_tier nsfw_level mfa_level ' +
    'system_channel_flags preferred_locale premium_progress_bar_enabled afk_timeout verification_level',
  GUILD_UPDATE: 'id name owner_id roles emojis features stickers preferred_locale nsfw_level',
  GUILD_DELETE: 'id',
  GUILD_ROLE_CREATE: 'guild_id role',
  GUILD_ROLE_UPDATE: 'guild_id role',
  GUILD_ROLE_DELETE: 'guild_id role_id',
  CHANNEL_CREATE: 'id guild_id type name position permission_overwrites',
  CHANNEL_UPDATE: 'id guild_id type name position permission_overwrites',
  CHANNEL_DELETE: 'id guild_id type name position permission_overwrites',
  CHANNEL_PINS_UPDATE: 'channel_id',
  THREAD_CREATE: 'id guild_id parent_id type name owner_id thread_metadata message_count member_count',
  THREAD_UPDATE: 'id guild_id parent_id type name owner_id thread_metadata message_count member_count',
  THREAD_DELETE: 'id guild_id parent_id type',
  THREAD_LIST_SYNC: 'guild_id threads members',
  THREAD_MEMBER_UPDATE: 'id user_id guild_id join_timestamp flags',
  THREAD_MEMBERS_UPDATE: 'id guild_id member_count',
  GUILD_MEMBER_ADD: 'guild_id user roles joined_at deaf mute pending flags',
  GUILD_MEMBER_UPDATE:
    'guild_id user roles nick avatar joined_at premium_since deaf mute pending flags communication_disabled_until',
  GUILD_MEMBER_REMOVE: 'guild_id user',
  GUILD_MEMBERS_CHUNK: 'guild_id members chunk_index chunk_count not_found',
  GUILD_BAN_ADD: 'guild_id user',
  GUILD_BAN_REMOVE: 'guild_id user',
  GUILD_EMOJIS_UPDATE: 'guild_id emojis',
  GUILD_AUDIT_LOG_ENTRY_CREATE: 'guild_id id action_type user_id target_id',
  GUILD_INTEGRATIONS_UPDATE: 'guild_id',
  INVITE_CREATE: 'channel_id guild_id code created_at max_age max_uses temporary uses type expires_at',
  INVITE_DELETE: 'channel_id guild_id code',
  WEBHOOKS_UPDATE: 'guild_id channel_id',
  MESSAGE_CREATE: message(),
  MESSAGE_UPDATE: message(),
  MESSAGE_DELETE: 'id channel_id',
  MESSAGE_DELETE_BULK: 'ids channel_id',
  MESSAGE_REACTION_ADD: 'user_id channel_id message_id emoji burst type',
  MESSAGE_REACTION_REMOVE: 'user_id channel_id message_id emoji burst type',
  MESSAGE_REACTION_REMOVE_ALL: 'channel_id message_id',
  MESSAGE_REACTION_REMOVE_EMOJI: 'channel_id message_id emoji burst type',
  TYPING_START: 'channel_id user_id timestamp',
  PRESENCE_UPDATE: 'user guild_id status activities client_status',
  USER_UPDATE: 'id username discriminator avatar mfa_enabled',
  VOICE_STATE_UPDATE: 'channel_id user_id session_id self_video suppress',
};

function message() {
  return (
    'id channel_id channel_type author content timestamp edited_timestamp tts mention_everyone mentions ' +
    'mention_roles attachments embeds components pinned type flags'
  );
}

/** What is wrong with a dispatch, as it is after parsing: the order of its keys counts, too. */
export function faultsOfDispatch(frame) {
  const { t, s, op, d } = frame;
  const found = faults(d, t);
  if (Object.keys(frame).join() !== 't,s,op,d') found.push(`${t}: its keys are ${Object.keys(frame)}`);
  if (op !== 0 || !Number.isInteger(s)) found.push(`${t}: op ${op}, s ${s}`);
  if (!(t in EVENTS)) return [...found, `${t}: no event that bots get`];
  const missing = EVENTS[t].split(' ').filter((key) => key !== '' && !(key in d));
  if (missing.length > 0) found.push(`${t}: without ${missing}`);
  // In a guild a message names its author's membership, unless a webhook said it.
  const said = t === 'MESSAGE_CREATE' || t === 'MESSAGE_UPDATE';
  if (said && 'guild_id' in d !== 'member' in d && !('webhook_id' in d)) found.push(`${t}: guild_id without member`);
  return found;
}

/** Collects what is wrong. */
export class Watch {
  faults = [];
  /** How many frames of each event there were. */
  events = new Map();
  bodies = 0;

  dispatch(frame) {
    this.events.set(frame.t, (this.events.get(frame.t) ?? 0) + 1);
    this.faults.push(...faultsOfDispatch(frame));
  }

  /** An answer over REST: its status, its type as it came, and its text. */
  body(what, status, type, text) {
    this.bodies += 1;
    if (status === 204) {
      if (text !== '') this.faults.push(`${what}: 204 with ${text}`);
      return;
    }
    if (type !== 'application/json') {
      this.faults.push(`${what}: ${status} as ${type}`);
      return;
    }
    const json = JSON.parse(text);
    this.faults.push(...faults(json, what));
    if (status >= 400 && !(Number.isInteger(json.code) && typeof json.message === 'string')) {
      this.faults.push(`${what}: ${status} ${text}`);
    }
  }

  /** `fetch`, with every answer looked at. */
  fetch = async (url, init) => {
    const response = await fetch(url, init);
    const text = await response.clone().text();
    const what = `${init?.method ?? 'GET'} ${new URL(url).pathname}`;
    this.body(what, response.status, response.headers.get('content-type'), text);
    return response;
  };
}
