/** Configurations of servers are put where they are used, and only there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findIn } from '../../../test/support/scan-text.ts'
import { clusterFilesReader } from './cluster-files.ts'
import { composedFilesReader } from './composed-files.ts'
import { copiedFilesReader } from './copied-files.ts'

function copied(text: string, files: readonly string[]): readonly string[] {
  const others = Object.fromEntries(files.map((file) => [file, '']))
  const found = findIn(copiedFilesReader, { 'web/Dockerfile': text, ...others })
  return (found.placements ?? []).map(({ file }) => file)
}

test('a file is looked for beside the Dockerfile, then further up', () => {
  const text = 'FROM nginx\nCOPY --chown=1 nginx.conf proxy/a.conf /etc/nginx/\n'
  assert.deepEqual(copied(text, ['web/nginx.conf', 'nginx.conf', 'proxy/a.conf']), [
    'web/nginx.conf',
    'proxy/a.conf',
  ])
})

test('patterns and the form of lists are followed; what another stage made is no file', () => {
  const text = 'FROM a\nADD ["conf/*.conf", "/etc/a/"]\nCOPY --from=build nginx.conf /a\n'
  assert.deepEqual(copied(text, ['web/conf/a.conf', 'web/conf/b.txt', 'web/nginx.conf']), [
    'web/conf/a.conf',
  ])
})

test('a folder is a configuration only where it is put among those', () => {
  const files = ['web/conf/a.conf', 'web/src/nginx.conf']
  assert.deepEqual(copied('FROM a\nCOPY conf /etc/nginx/\nCOPY src /app\nCOPY . .\n', files), [
    'web/conf',
  ])
})

test('a configuration that a command of the image speaks of is in there', () => {
  const text =
    'FROM a\nWORKDIR /app\nCOPY . .\nRUN cp conf/a.conf /etc/nginx/nginx.conf && nginx -t\nCMD ["haproxy", "-f", "/app/h.cfg"]\n'
  const files = ['web/conf/a.conf', 'web/h.cfg', 'nginx.conf', 'web/nginx.conf']
  assert.deepEqual(copied(text, files), ['web/conf/a.conf', 'web/h.cfg'])
})

test('configs and secrets of a composition are used in its services', () => {
  const compose = `services:
  web: { configs: [site, { source: other, target: /a }], secrets: [key] }
  host: { network_mode: host, configs: [site] }
configs: { site: { file: ./a.conf }, other: { file: b.conf }, outside: { external: true } }
secrets: { key: { file: ../../key } }
`
  const { placements } = findIn(composedFilesReader, { 'x/compose.yaml': compose })
  assert.deepEqual(
    placements?.map(({ file, scope }) => [file, scope]),
    [
      ['x/a.conf', 'network x/web'],
      ['x/b.conf', 'network x/web'],
      ['x/a.conf', 'host'],
    ],
  )
})

test('files of a chart and of a kustomization are used in pods', () => {
  const found = findIn(clusterFilesReader, {
    'chart/Chart.yaml': 'name: shop\n',
    'k8s/kustomization.yaml':
      'configMapGenerator:\n- name: web\n  files: [nginx.conf, default.conf=../web/a.conf]\n',
  })
  assert.deepEqual(
    found.placements?.map(({ file, scope }) => [file, scope]),
    [
      ['chart', 'network chart chart'],
      ['k8s/nginx.conf', 'network map k8s/web'],
      ['web/a.conf', 'network map k8s/web'],
    ],
  )
})
