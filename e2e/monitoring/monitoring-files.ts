import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

/** Rules and dashboards as the tests look at them. */
export const folder = fileURLToPath(new URL('../../deploy/monitoring', import.meta.url));

export interface Rule {
  file: string;
  alert: string;
  expr: string;
  labels: { severity: string };
  annotations: { summary: string; runbook: string };
}

interface Dashboard {
  uid: string;
  title: string;
  panels: { title: string; datasource: { uid: string }; targets: { expr: string }[] }[];
}

export function readRules(): Rule[] {
  return globSync('rules/*.rules.yml', { cwd: folder }).flatMap((file) => {
    const { groups } = parse(readFileSync(join(folder, file), 'utf8')) as { groups: { rules: Rule[] }[] };
    return groups.flatMap(({ rules }) => rules.map((rule) => ({ ...rule, file })));
  });
}

export function readDashboards(): (Dashboard & { file: string })[] {
  return globSync('grafana/dashboards/*.json', { cwd: folder }).map((file) => ({
    ...(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dashboard),
    file: basename(file, '.json'),
  }));
}

/** The metrics that expressions of PromQL name, by the names under which they are registered. */
export function metricsIn(expr: string): string[] {
  const bare = expr
    .replaceAll(/#.*$/gm, '')
    .replaceAll(/"[^"]*"/g, '')
    .replaceAll(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, '')
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]/g, '');
  const names = [...bare.matchAll(/\b[a-z]\w*_\w+\b(?!\s*\()/g)].map(([name]) => name);
  return [...new Set(names.map((name) => name.replace(/_(bucket|sum|count)$/, '')))];
}
