import { lazy, Suspense, useEffect, useState } from 'react';
import { AuthPage } from '../features/auth/AuthPage';
import { Conversation } from '../features/conversation/Conversation';
import { Sidebar } from '../features/dms/Sidebar';
import { InvitePage } from '../features/servers/InvitePage';
import { ServerPage } from '../features/servers/ServerPage';
import { ServerRail } from '../features/servers/ServerRail';
import { ServerSidebar } from '../features/servers/ServerSidebar';
import { FriendsPage } from '../features/friends/FriendsPage';
import { ConnectionBanner } from '../features/notices/ConnectionBanner';
import { Notices } from '../features/notices/Notices';
import { useUnreadTitle } from '../features/notices/useUnreadTitle';
import { t } from '../i18n';
import { useApp } from '../state/store';
import { Logo } from '../ui/Logo';
import { rememberChannel } from '../features/servers/goToChannel';
import { go, useRoute } from './route';
import './shell.css';

const AuthorizePage = lazy(() => import('../features/oauth/AuthorizePage').then((m) => ({ default: m.AuthorizePage })));
const Settings = lazy(() => import('../features/settings/Settings').then((m) => ({ default: m.Settings })));

export function App() {
  const phase = useApp((s) => s.phase);
  const route = useRoute();
  useUnreadTitle();
  return (
    <>
      {route.page === 'invite' && phase !== 'loading' ? (
        <InvitePage key={route.code} code={route.code} />
      ) : phase === 'anonymous' ? (
        <AuthPage key={route.page} mode={route.page === 'register' ? 'register' : 'login'} />
      ) : phase === 'loading' ? (
        <Splash />
      ) : route.page === 'authorize' ? (
        <Suspense fallback={<Splash />}>
          <AuthorizePage query={route.query} />
        </Suspense>
      ) : (
        <Shell />
      )}
      <Notices />
    </>
  );
}

function Splash() {
  const lost = useApp((s) => s.connection === 'lost');
  return (
    <main className="splash" aria-busy="true">
      <Logo size={72} />
      <p role="status">{lost ? t('The server cannot be reached. Trying again…') : t('Connecting…')}</p>
    </main>
  );
}

const QuickSwitcher = lazy(() => import('../features/switcher/QuickSwitcher').then((m) => ({ default: m.QuickSwitcher })));

/** The places of the page: the servers, a list of what is in one of them, what was chosen beside it. */
function Shell() {
  const route = useRoute();
  const [settings, setSettings] = useState(false);
  const [switching, setSwitching] = useState(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (!document.querySelector('[role=alertdialog]')) setSwitching((open) => !open);
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  useEffect(() => {
    if (route.page === 'login' || route.page === 'register') go({ page: 'home' }, true);
  }, [route.page]);
  // Whatever leads elsewhere leads out of the settings too.
  useEffect(() => setSettings(false), [route]);
  const pane = route.page === 'conversation' || route.page === 'friends' ? 'main' : 'list';
  // A link may name another server than the one that the channel is in.
  const guild = useApp((s) => {
    if (route.page === 'server') return s.guilds[route.guild] ? route.guild : null;
    if (route.page !== 'conversation') return null;
    const own = s.channels[route.channel]?.guildId ?? route.guild;
    return own && s.guilds[own] ? own : null;
  });
  useEffect(() => {
    if (guild && route.page === 'conversation') rememberChannel(guild, route.channel);
  }, [guild, route]);
  return (
    <div className="shell" data-pane={pane}>
      <ConnectionBanner />
      <div className="shell-panes">
        <div className="shell-side">
          <ServerRail />
          {guild ? (
            <ServerSidebar guild={guild} onSettings={() => setSettings(true)} />
          ) : (
            <Sidebar onSettings={() => setSettings(true)} onSwitch={() => setSwitching(true)} />
          )}
        </div>
        <div className="shell-main">
          {route.page === 'conversation' ? (
            <Conversation channelId={route.channel} target={route.message} />
          ) : route.page === 'server' && guild ? (
            <ServerPage guild={guild} />
          ) : (
            <FriendsPage />
          )}
        </div>
      </div>
      {switching ? (
        <Suspense fallback={null}>
          <QuickSwitcher
            onClose={() => {
              setSwitching(false);
              setSettings(false);
            }}
          />
        </Suspense>
      ) : null}
      {settings ? (
        <Suspense fallback={null}>
          <Settings onClose={() => setSettings(false)} />
        </Suspense>
      ) : null}
    </div>
  );
}
