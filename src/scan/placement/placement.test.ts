/** Configurations of servers are put where they are used, and only there. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findIn } from '../../../test/support/scan-text.ts'
import { clusterFilesReader } from './cluster-files.ts'
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
