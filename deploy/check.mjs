// Checks the files of deploy/ by their parts, on a machine that need not be able to run containers: node deploy/check.mjs
// Every line that it prints names a file and what is wrong with it; it ends with 1 then.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = resolve(here, '..');
const problems = [];
let checks = 0;

const wrong = (file, what) => problems.push(`deploy/${file}: ${what}`);
const read = (file) => readFileSync(join(here, file), 'utf8');

function check(file, holds, what) {
  checks++;
  if (!holds) wrong(file, what);
}

function installed(program, flag) {
  return spawnSync(program, [flag], { stdio: 'ignore' }).error === undefined;
}

// ---- metrics ----

function sources(folder, found = []) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && !['node_modules', 'target', 'tests'].includes(entry.name)) sources(path, found);
    else if (entry.isFile() && extname(path) === '.rs') found.push(readFileSync(path, 'utf8'));
  }
  return found;
}

/** Metrics that the sources record, with their kinds. A name that goes through a variable counts where it stands. */
function recorded() {
  const text = [...sources(join(root, 'crates')), ...sources(join(root, 'engines'))].join('\n');
  const kinds = new Map();
  for (const [, kind, name] of text.matchAll(/\b(counter|gauge|histogram)!\(\s*"([a-z0-9_]+)"/g)) kinds.set(name, kind);
  return kinds;
}

const functions = new Set(
  'abs avg avg_over_time bool by clamp_max clamp_min count delta group_left group_right histogram_quantile ignoring increase irate max max_over_time min min_over_time offset on or and unless rate sum time topk vector without'.split(' '),
);

/** Names of metrics in an expression. */
function namesIn(expression) {
  const bare = expression
    .replace(/"[^"]*"/g, '""')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/\[[^\]]*\]/g, '')
    .replace(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  return [...bare.matchAll(/[a-zA-Z_:][a-zA-Z0-9_:]*/g)].map(([name]) => name).filter((name) => !functions.has(name));
}

function checkExpression(file, expression, metrics) {
  const names = namesIn(expression);
  check(file, names.length > 0, `no metric in ${expression}`);
  for (const name of names) {
    const base = metrics.has(name) ? name : name.replace(/_(sum|count)$/, '');
    check(file, name === 'up' || metrics.has(base), `the sources record no metric ${name}`);
    // The exporter writes histograms as summaries.
    const quantile = new RegExp(`\\b${name}\\{[^}]*quantile=`).test(expression);
    if (metrics.get(name) === 'histogram') check(file, quantile, `${name} is a summary: choose a quantile, _sum or _count`);
    else if (quantile) wrong(file, `${name} is no summary: it has no quantile`);
  }
  check(file, balanced(expression), `brackets do not match in ${expression}`);
}

function balanced(text) {
  const open = [];
  const pairs = { ')': '(', ']': '[', '}': '{' };
  for (const c of text.replace(/"[^"]*"/g, '')) {
    if ('([{'.includes(c)) open.push(c);
    else if (c in pairs && open.pop() !== pairs[c]) return false;
  }
  return open.length === 0;
}

// ---- YAML: as much as these files use ----

/** Lines without comments, with their depth; complains about what no parser would take. */
function yamlLines(file) {
  const lines = [];
  for (const [index, raw] of read(file).split('\n').entries()) {
    const line = raw.replace(/(^|\s)#.*$/, '').trimEnd();
    if (line.trim() === '') continue;
    check(file, !/^\s*\t/.test(line), `line ${index + 1}: a tab`);
    const depth = line.length - line.trimStart().length;
    check(file, depth % 2 === 0, `line ${index + 1}: an odd number of spaces`);
    lines.push({ number: index + 1, depth, text: line.trim() });
  }
  let fold = -1;
  for (const { number, depth, text } of lines) {
    if (fold >= 0 && depth > fold) continue;
    fold = /:\s*[>|]-?$/.test(text) ? depth : -1;
    if (fold >= 0) continue;
    check(file, /^(- |-$)/.test(text) || /^[^\s:]+:(\s|$)/.test(text), `line ${number}: neither a key nor a list entry: ${text}`);
    check(file, balanced(text.replace(/'[^']*'/g, '').replace(/\$\{[^}]*\}/g, '')), `line ${number}: brackets do not match`);
  }
  return lines;
}

/** The lines of each entry of a top-level mapping. */
function entries(lines, section) {
  const found = new Map();
  const begin = lines.findIndex((line) => line.depth === 0 && line.text === `${section}:`);
  if (begin < 0) return found;
  let current;
  for (const line of lines.slice(begin + 1)) {
    if (line.depth === 0) break;
    if (line.depth === 2) {
      current = [];
      const [, name] = /^([^:]+):/.exec(line.text) ?? [];
      found.set(name, current);
    }
    current?.push(line);
  }
  return found;
}

function checkCompose(file) {
  const lines = yamlLines(file);
  const text = read(file);
  const services = entries(lines, 'services');
  check(file, services.size > 0, 'no services');

  const anchors = new Set([...text.matchAll(/(?:^|\s)&([a-z-]+)/gm)].map(([, name]) => name));
  for (const [, name] of text.matchAll(/(?:<<:|:)\s*\*([a-z-]+)/g)) check(file, anchors.has(name), `no anchor ${name}`);

  // Everything that is mounted is there.
  for (const [, source] of text.matchAll(/["\s]-?\s*"?(\.{1,2}\/[^:"\s]+):\//g)) {
    check(file, existsSync(resolve(here, source)), `mounts ${source}, which is not there`);
  }
  const mounted = [...text.matchAll(/(?:\["|"|, ")([a-z][a-z0-9]*):\/[a-z]/g), ...text.matchAll(/^\s+- ([a-z][a-z0-9]*):\/[a-z]/gm)];
  const volumes = lines.findIndex((line) => line.depth === 0 && line.text.startsWith('volumes:'));
  const declared = volumes < 0 ? '' : lines.slice(volumes).map((line) => line.text).join('\n');
  for (const [, name] of mounted) check(file, new RegExp(`\\b${name}:`).test(declared), `the volume ${name} is not declared`);
  for (const [, path] of text.matchAll(/dockerfile: (\S+)/g)) check(file, existsSync(join(root, path)), `no ${path}`);

  // Everything that somebody waits for is a service.
  for (const [, list] of text.matchAll(/depends_on: \[([^\]]*)\]/g)) {
    for (const name of list.split(',')) check(file, services.has(name.trim()), `waits for ${name.trim()}, which is no service`);
  }
  for (const [, name] of text.matchAll(/^\s+([a-z0-9-]+): \{condition: service_/gm)) {
    check(file, services.has(name), `waits for ${name}, which is no service`);
  }

  // Every variable of ours is a key of the configuration.
  const keys = readFileSync(join(root, 'crates/server/src/config.rs'), 'utf8');
  for (const [, key] of text.matchAll(/\bGUILDHALL_([A-Z_]+):/g)) {
    check(file, new RegExp(`pub ${key.toLowerCase()}:`).test(keys), `GUILDHALL_${key} is no key of the configuration`);
  }
  return { services, text };
}

function hosts(url) {
  return url.split('://')[1].split('/')[0].split('@').at(-1).split(',').map((host) => host.split(':')[0]);
}

// ---- the files ----

const metrics = recorded();
check('check.mjs', metrics.size > 10, 'no metrics were found in the sources');

checkCompose('compose.one.yaml');
const { services, text: many } = checkCompose('compose.many.yaml');
for (const key of ['DIRECTORY', 'MESSAGES', 'BUS']) {
  const url = new RegExp(`GUILDHALL_${key}: (\\S+)`).exec(many)?.[1]?.replace(/\$\{[^}]*\}/g, 'x') ?? '';
  // What ${NAME:?words} says has spaces.
  const whole = new RegExp(`GUILDHALL_${key}: (.*)`).exec(many)?.[1]?.replace(/\$\{[^}]*\}/g, 'x') ?? url;
  const named = whole === '' ? [] : hosts(whole);
  check('compose.many.yaml', named.length === 3, `GUILDHALL_${key} names ${named.length} hosts`);
  for (const host of named) {
    check('compose.many.yaml', services.has(host) || many.includes(`ipv4_address: ${host}}`), `${key}: ${host} is no service`);
  }
}
const wanted = [...many.matchAll(/\$\{([A-Z_]+):\?/g)].map(([, name]) => name);
for (const name of new Set(wanted)) check('many.env.example', new RegExp(`^${name}=`, 'm').test(read('many.env.example')), `${name} is missing`);

for (const file of ['prometheus/prometheus.yml', 'prometheus/rules.yml', 'grafana/datasource.yml', 'grafana/dashboards.yml']) yamlLines(file);
const prometheus = read('prometheus/prometheus.yml');
for (const [, target] of prometheus.matchAll(/"([a-z0-9]+):8080"/g)) {
  check('prometheus/prometheus.yml', services.has(target), `${target} is no service of compose.many.yaml`);
}
const rules = read('prometheus/rules.yml').replace(/expr: >-\n((?:\s{10,}.*\n)+)/g, (_, body) => `expr: ${body.trim().replace(/\s*\n\s*/g, ' ')}\n`);
const expressions = [...rules.matchAll(/^\s+expr: (.+)$/gm)].map(([, expression]) => expression);
check('prometheus/rules.yml', expressions.length === [...rules.matchAll(/- alert: /g)].length, 'an alert without an expression');
for (const expression of expressions) checkExpression('prometheus/rules.yml', expression, metrics);
if (installed('promtool', '--version')) {
  const run = spawnSync('promtool', ['check', 'rules', join(here, 'prometheus/rules.yml')], { encoding: 'utf8' });
  check('prometheus/rules.yml', run.status === 0, run.stdout + run.stderr);
}

try {
  const dashboard = JSON.parse(read('grafana/guildhall.json'));
  check('grafana/guildhall.json', dashboard.panels?.length > 0, 'no panels');
  for (const panel of dashboard.panels ?? []) {
    check('grafana/guildhall.json', panel.targets?.length > 0, `the panel ${panel.title} shows nothing`);
    for (const target of panel.targets ?? []) checkExpression('grafana/guildhall.json', target.expr, metrics);
  }
} catch (error) {
  wrong('grafana/guildhall.json', error.message);
}

// HAProxy itself says whether its configuration holds; names of nodes become addresses, because they resolve nowhere here.
const proxy = read('haproxy.cfg');
for (const [, host] of proxy.matchAll(/^\s+server \S+ ([a-z0-9]+):\d+/gm)) check('haproxy.cfg', services.has(host), `${host} is no service`);
for (const needed of ['hash-type consistent', 'balance roundrobin', 'GET /readyz', 'option forwardfor', 'timeout tunnel']) {
  check('haproxy.cfg', proxy.includes(needed), `${needed} is missing`);
}
let left = '';
if (installed('haproxy', '-v')) {
  const folder = mkdtempSync(join(tmpdir(), 'guildhall-deploy-'));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, proxy.replace(/^(\s+server \S+ )[a-z0-9]+:/gm, '$1127.0.0.1:'));
  const run = spawnSync('haproxy', ['-c', '-f', file], { encoding: 'utf8' });
  check('haproxy.cfg', run.status === 0, (run.stdout + run.stderr).trim());
  rmSync(folder, { recursive: true });
} else {
  left = ' (haproxy is not installed: its configuration was looked at only)';
}

// Settings that the engines refuse to be without: what crates and engines check at the start.
const setting = (file, name, value) =>
  check(file, new RegExp(`^${name}\\s*[= ]\\s*${value}$`, 'mi').test(read(file)), `${name} must be ${value}`);
for (const [name, value] of Object.entries({
  read_only: '1', sync_binlog: '1', innodb_flush_log_at_trx_commit: '1', log_slave_updates: '1', gtid_strict_mode: '1',
  rpl_semi_sync_master_wait_point: 'AFTER_SYNC', rpl_semi_sync_master_wait_no_slave: 'ON',
  rpl_semi_sync_master_timeout: '18446744073709551615', rpl_semi_sync_slave_enabled: 'ON',
})) setting('mariadb/common.cnf', name, value);
const ids = [1, 2, 3].map((n) => /^server_id = (\d+)$/m.exec(read(`mariadb/db${n}.cnf`))?.[1]);
check('mariadb', new Set(ids).size === 3 && !ids.includes(undefined), `server_id must differ: ${ids}`);
for (const [name, value] of Object.entries({
  'cluster-enabled': 'yes', 'cluster-node-timeout': '2000', 'cluster-require-full-coverage': 'no', 'maxmemory-policy': 'noeviction', appendonly: 'no',
})) setting('redis.conf', name, value);
check('cassandra/start.sh', /paxos_variant: v2/.test(read('cassandra/start.sh')), 'the variant of Paxos that the tests use');
check('cassandra/start.sh', /commitlog_sync: (group|batch)/.test(read('cassandra/start.sh')), 'commitlog_sync must be group or batch');

for (const file of ['mariadb/init.sh', 'redis-init.sh', 'cassandra/start.sh']) {
  check(file, (statSync(join(here, file)).mode & 0o100) !== 0, 'cannot be run');
  if (installed('bash', '--version')) {
    const run = spawnSync('bash', ['-n', join(here, file)], { encoding: 'utf8' });
    check(file, run.status === 0, run.stderr.trim());
  }
}

// The service: sections and keys that systemd knows, and the ones that lock it in.
const unit = read('guildhall.service').split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
for (const line of unit) check('guildhall.service', /^\[(Unit|Service|Install)\]$/.test(line) || /^[A-Z][A-Za-z]+=/.test(line), `not a setting: ${line}`);
for (const [name, value] of Object.entries({
  DynamicUser: 'yes', NoNewPrivileges: 'yes', ProtectSystem: 'strict', PrivateTmp: 'yes', PrivateDevices: 'yes', LimitNOFILE: '65536',
  KillSignal: 'SIGTERM', StateDirectory: 'guildhall',
})) check('guildhall.service', unit.includes(`${name}=${value}`), `${name}=${value} is missing`);
for (const name of ['MemoryMax', 'RestrictAddressFamilies', 'SystemCallFilter', 'TimeoutStopSec', 'ExecStart']) {
  check('guildhall.service', unit.some((line) => line.startsWith(`${name}=`)), `${name} is missing`);
}
if (installed('systemd-analyze', '--version')) {
  const run = spawnSync('systemd-analyze', ['verify', '--man=no', join(here, 'guildhall.service')], { encoding: 'utf8' });
  // The binary is not where the service has it, and other units are none of our business.
  const said = run.stderr.split('\n').filter((line) => line.includes('guildhall.service') && !/not executable|No such file/.test(line));
  check('guildhall.service', said.length === 0, said.join('; '));
}

const docker = read('Dockerfile');
for (const needed of [/^USER (?!0\b|root\b)\S+/m, /^HEALTHCHECK .*\/healthz/m, /^ENTRYPOINT \["guildhall"\]/m, /^STOPSIGNAL SIGTERM/m]) {
  check('Dockerfile', needed.test(docker), `${needed} is missing`);
}
for (const [, list] of docker.matchAll(/^COPY (?!--from)(.+) \S+$/gm)) {
  for (const path of list.split(' ')) check('Dockerfile', existsSync(join(root, path)), `copies ${path}, which is not there`);
}

for (const problem of problems) console.error(problem);
console.log(`${checks} checks of deploy/, ${problems.length} problems${left}`);
process.exit(problems.length === 0 ? 0 : 1);
