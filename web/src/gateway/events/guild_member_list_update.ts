import type { MemberListUpdate } from '../../api/types';
import { memberListUpdated } from '../../state/memberList';
import type { Patch, State } from '../../state/model';

export const guildMemberListUpdate = (state: State, d: MemberListUpdate): Patch => memberListUpdated(state, d);
