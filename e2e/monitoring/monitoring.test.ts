import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { serverBinary } from '../harness/servers.ts';
import { folder, metricsIn, readDashboards, readRules } from './monitoring-files.ts';

const rules = readRules();
const promtool = serverBinary('promtool');
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(promtool!, args, { cwd: folder, encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
};
const withPromtool = promtool ? test : test.skip; // said so loudly, and fails in CI

describe('the alerts', () => {
  withPromtool('are what Prometheus takes, and so are its settings', () => {
    expect(run('check', 'rules', ...globSync('rules/*.rules.yml', { cwd: folder }))).toMatchObject({
      status: 0,
    });
    for (const settings of ['prometheus.yml', 'prometheus.local.yml'])
      expect(run('check', 'config', '--syntax-only', settings)).toMatchObject({ status: 0 });
  });

  withPromtool('fire when they must, and only then', () => {
    const { status, said } = run('test', 'rules', ...globSync('rules/*.test.yml', { cwd: folder }));
    if (status !== 0) throw new Error(said);
  });

  test('are all tested, both to fire and what they say', () => {
    const fired = globSync('rules/*.test.yml', { cwd: folder }).flatMap((file) => {
      const { tests } = parse(readFileSync(join(folder, file), 'utf8')) as {
        tests: { alert_rule_test: { alertname: string; exp_alerts: unknown[] }[] }[];
      };
      return tests.flatMap(({ alert_rule_test }) =>
        alert_rule_test.filter(({ exp_alerts }) => exp_alerts.length > 0).map(({ alertname }) => alertname),
      );
    });
    expect(rules.map(({ alert }) => alert).filter((alert) => !fired.includes(alert))).toEqual([]);
  });

  test('have a severity that Alertmanager knows, and a place in the runbook', () => {
    const { route, receivers, inhibit_rules } = parse(
      readFileSync(join(folder, 'alertmanager.yml'), 'utf8'),
    ) as {
      route: { receiver: string; routes: { receiver: string }[] };
      receivers: { name: string }[];
      inhibit_rules: { source_matchers: string[]; target_matchers: string[] }[];
    };
    const known = receivers.map(({ name }) => name);
    for (const { receiver } of [route, ...route.routes]) expect(known).toContain(receiver);
    const runbook = readFileSync(join(folder, '../../docs/runbook.md'), 'utf8');
    const headings = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
    expect(headings.toSorted()).toEqual(rules.map(({ alert }) => alert).toSorted());
    for (const { alert, labels, annotations } of rules) {
      expect([alert, labels.severity]).toEqual([alert, expect.stringMatching(/^(page|ticket)$/)]);
      expect(annotations.runbook).toBe(`docs/runbook.md#${alert.toLowerCase()}`);
    }
    const silenced = inhibit_rules.flatMap((rule) => [...rule.source_matchers, ...rule.target_matchers]);
    for (const [, names = ''] of silenced.map((text) => text.match(/alertname=~?"([^"]+)"/) ?? []))
      for (const name of names.split('|')) expect(headings).toContain(name);
  });
});

test('the dashboards are those that Grafana is given, each by its own name', () => {
  const dashboards = readDashboards();
  expect(dashboards.length).toBeGreaterThan(3);
  for (const { file, uid, panels } of dashboards) {
    expect(uid).toBe(file);
    for (const { title, datasource, targets } of panels) {
      expect([title, datasource.uid]).toEqual([title, 'prometheus']);
      for (const { expr } of targets)
        expect([expr, metricsIn(expr).length > 0 || expr === 'up']).toEqual([expr, true]);
    }
  }
});

test('metrics are found in expressions', () => {
  const expr =
    'histogram_quantile(0.95, sum by (le, job_x) (rate(a_seconds_bucket{to_x="b_c"}[5m]))) > on (d_e) f_g';
  expect(metricsIn(expr)).toEqual(['a_seconds', 'f_g']);
});
