/** The lock file installs anywhere: no addresses, and an entry for every platform's package. */
import type { Finding, Rule } from './rule.ts'
import { lineAt, sourceFile } from './source-file.ts'

interface Lock {
  readonly packages: Readonly<Record<string, LockedPackage>>
}

interface LockedPackage {
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

export const lockFile: Rule = {
  title: 'the lock file installs anywhere',
  check: (files) =>
    files
      .filter((file) => file.path === 'package-lock.json')
      .flatMap(({ path, text }) => [
        ...[...text.matchAll(/"resolved": "https?:/g)].map((match) => ({
          file: path,
          line: lineAt(text, match.index),
          sentence:
            'names one registry; keep omit-lockfile-registry-resolved in .npmrc, install again',
        })),
        ...findMissing(path, text),
      ]),
  planted: [
    sourceFile(
      'package-lock.json',
      '{ "packages": { "node_modules/a": { "resolved": "https://b/a.tgz" } } }',
    ),
    sourceFile(
      'package-lock.json',
      '{ "packages": { "node_modules/a": { "optionalDependencies": { "a-linux": "1.0.0" } } } }',
    ),
  ],
  innocent: [
    sourceFile(
      'package-lock.json',
      '{ "packages": { "node_modules/a": { "optionalDependencies": { "b": "1" } }, "node_modules/b": {} } }',
    ),
  ],
}

// npm leaves an optional package out when it cannot see it, and then refuses `npm ci` everywhere.
function findMissing(path: string, text: string): readonly Finding[] {
  const { packages }: Lock = JSON.parse(text)
  const installed = new Set(Object.keys(packages).map((key) => key.split('node_modules/').at(-1)))
  const named = Object.values(packages).flatMap((entry) =>
    Object.keys(entry.optionalDependencies ?? {}),
  )
  return named
    .filter((name) => !installed.has(name))
    .map((name) => ({
      file: path,
      line: 1,
      sentence: `has no entry for ${name}, so \`npm ci\` refuses; add one with its version, os and cpu`,
    }))
}
