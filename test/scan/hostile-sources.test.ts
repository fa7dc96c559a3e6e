/**
 * Manifests, images, variables and scripts as unkind as can be: aliases that multiply, scripts that start
 * each other, variables of variables, actions without end. All of them are read in a moment.
 */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { scanFolder } from '../../src/scan/scan-folder.ts'
import { folderOfTexts } from '../support/scan-text.ts'

const MOST_MS = 15_000
const SIZE = 200_000

function many(text: string): string {
  return text.repeat(Math.ceil(SIZE / text.length))
}

function aliases(name: string): string {
  return Array(5_000).fill(`*${name}`).join(', ')
}

function numbered(count: number, text: (at: number) => string): string {
  return Array.from({ length: count }, (_, at) => text(at)).join('')
}

const POD = 'apiVersion: v1\nkind: Pod\nmetadata: { name: a }\n'
const FILES: Readonly<Record<string, string>> = {
  'a.yaml': `${POD}x: &p { containerPort: 1, hostPort: 1 }\ny: &c { name: a, ports: [${aliases('p')}] }\nspec: { containers: [${aliases('c')}] }\n`,
  'b.yaml': `${POD}x: &p [${numbered(5_000, (at) => `{ containerPort: ${at + 1} }, `)}]\nspec: { containers: [${numbered(3_000, (at) => `{ name: c${at}, ports: *p }, `)}] }\n`,
  'c.yaml': `# hostPort\nx: &l0 { apiVersion: v1, kind: List, items: [] }\n${numbered(8, (at) => `y${at}: &l${at + 1} { apiVersion: v1, kind: List, items: [${aliases(`l${at}`)}] }\n`)}apiVersion: v1\nkind: List\nitems: [*l8]\n`,
  'd.yaml': `# hostPort\napiVersion: networking.k8s.io/v1\nkind: Ingress\nx: &p [${numbered(800, () => '{ backend: { service: { name: a, port: { number: 1 } } } }, ')}]\nspec: { rules: [${numbered(800, () => '{ http: { paths: *p } }, ')}] }\n`,
  'values.yaml': `l0: &l0 { nodePort: 1 }\n${numbered(28, (at) => `l${at + 1}: &l${at + 1} { nodePorts: { a: *l${at}, b: *l${at} } }\n`)}`,
  'chart/templates/a.yaml': `nodePort: 1\n${many('{{}}')}\n${many('{{}}\n')}`,
  'chart/templates/b.yaml': `nodePort: 1\n${many('{{/*')}`,
  'a/Dockerfile': `FROM a\nENV A=xx\n${many('ENV A=$' + '{A}$' + '{A}\n')}EXPOSE $A\n`,
  'b/Dockerfile': `FROM a\nCMD ["${many('\\"')}\n`,
  'c/Dockerfile': `FROM a\nEXPOSE ${many('1 ')}\n`,
  'd/Dockerfile': many('FROM a AS b\n'),
  '.env': `PORT=${many('$' + '{')}\nA_PORT=${many('$PORT')}\n`,
  Procfile: `web: "${many('a ')}\n${many('a: next dev\n')}`,
  'a/package.json': `{"scripts":{${numbered(3_000, (at) => `"s${at}":"run-p s* && PORT=${at + 1} node a",`)}"z":""}}`,
  'b/package.json': `{"scripts":{${numbered(3_000, (at) => `"s${at}":"npm run s${at + 1} -- a & npm run s${at + 2} -- b",`)}"z":""}}`,
  'c/package.json': `{"scripts":{"a":"${many('next dev & ')}"}}`,
}

for (const [path, text] of Object.entries(FILES)) {
  test(`${path} of ${text.length} characters is read in a moment`, () => {
    const beside = { [path]: text, 'chart/Chart.yaml': '', 'go.mod': '' }
    const started = performance.now()
    const { ports } = scanFolder(folderOfTexts(beside))
    assert.ok(performance.now() - started < MOST_MS)
    assert.ok(ports.length <= 50_000, `${ports.length} ports`)
  })
}
