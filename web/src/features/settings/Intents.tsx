import { useState } from 'react';
import * as api from '../../api/applications';
import type { Application } from '../../api/types';
import { t } from '../../i18n';
import { SwitchRow } from '../../ui/SwitchRow';
import { explain } from '../errors';

/** Discord's flags of an application whose bot may ask for these. */
const INTENTS: { flag: number; title: string; hint: string }[] = [
  { flag: 1 << 15, title: t('Members'), hint: t('Who is in its servers, who comes and who goes.') },
  { flag: 1 << 13, title: t('Presences'), hint: t('Who is online, and what people say they do.') },
  { flag: 1 << 19, title: t('What messages say'), hint: t('Also where nobody mentions it.') },
];

interface Props {
  app: Application;
  onChanged: (app: Partial<Application> & { id: string }) => void;
}

/** What a bot may ask to hear of besides what every bot does. */
export function Intents({ app, onChanged }: Props) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const flags = app.flags ?? 0;

  const change = async (flag: number, wanted: boolean) => {
    setBusy(true);
    setProblem(null);
    try {
      onChanged(await api.changeApplication(app.id, { flags: wanted ? flags | flag : flags & ~flag }));
    } catch (error) {
      setProblem(explain(error));
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="card form">
      <h3>{t('What it may hear of')}</h3>
      <p className="settings-lead">
        {t('Discord calls these privileged intents. A program that asks for one that is off here cannot connect.')}
      </p>
      {problem ? (
        <p role="alert" className="form-error">
          {problem}
        </p>
      ) : null}
      {INTENTS.map(({ flag, title, hint }) => (
        <SwitchRow
          key={flag}
          title={title}
          hint={hint}
          selected={(flags & flag) !== 0}
          disabled={busy}
          onChange={(wanted) => void change(flag, wanted)}
        />
      ))}
    </section>
  );
}
