import { blockUser, removeRelationship } from '../../api/relationships';
import type { Id } from '../../api/types';
import { t } from '../../i18n';
import { useApp } from '../../state/store';
import { nameOf } from '../../state/users';
import { Confirm } from '../../ui/Confirm';
import { refusal } from '../attempt';
import { MemberQuestion, type MemberQuestionKind } from '../members/MemberQuestion';

/** About somebody: one's relation to them, or what is done to them in a server. */
export type Question = { id: Id; kind: 'remove' | 'block' } | { id: Id; kind: MemberQuestionKind; guild: Id };

export function RelationQuestion({ question, onClose }: { question: Question; onClose: () => void }) {
  const name = useApp((s) => nameOf(s, question.id));
  if ('guild' in question) {
    return <MemberQuestion guild={question.guild} user={question.id} kind={question.kind} onClose={onClose} />;
  }
  return question.kind === 'remove' ? (
    <Confirm
      title={t('Remove {name}?', { name })}
      action={t('Remove friend')}
      onClose={onClose}
      onConfirm={() => refusal(() => removeRelationship(question.id))}
    >
      <p>{t('You will no longer be friends and cannot write to each other. Your conversation stays.')}</p>
    </Confirm>
  ) : (
    <Confirm
      title={t('Block {name}?', { name })}
      action={t('Block')}
      onClose={onClose}
      onConfirm={() => refusal(() => blockUser(question.id))}
    >
      <p>{t('They cannot write to you or send you a friend request, and are not told that you blocked them.')}</p>
    </Confirm>
  );
}
