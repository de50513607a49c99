import type { ReactNode } from 'react';
import { Icon, type IconName } from '../../ui/Icon';
import { Spinner } from '../../ui/Spinner';

interface Props {
  problem: string | null;
  loading: boolean;
  empty: boolean;
  icon: IconName;
  title: string;
  hint: string;
  children: ReactNode;
}

/** A list, or why there is none. */
export function Loaded({ problem, loading, empty, icon, title, hint, children }: Props) {
  if (problem) {
    return (
      <p role="alert" className="form-error">
        {problem}
      </p>
    );
  }
  if (loading) return <Spinner />;
  if (!empty) return <>{children}</>;
  return (
    <div className="empty empty-inline">
      <span className="empty-icon">
        <Icon name={icon} size={34} />
      </span>
      <h3>{title}</h3>
      <p>{hint}</p>
    </div>
  );
}
