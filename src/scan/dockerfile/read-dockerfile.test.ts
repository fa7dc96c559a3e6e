/** What a Dockerfile exposes is no claim; what it starts is one within the container. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Folder } from '../found/folder.ts'
import { SourceText } from '../found/source-text.ts'
import { dockerfileReader } from './read-dockerfile.ts'

const FOLDER: Folder = { paths: [], has: () => false, read: () => undefined, variables: {} }

function portsOf(text: string): readonly string[] {
  const source = new SourceText('api/Dockerfile', text)
  return dockerfileReader
    .read(source, FOLDER)
    .ports.map((one) =>
      [
        `${one.line} ${one.stance} ${one.first}${one.last === one.first ? '' : `-${one.last}`}`,
        `/${one.protocol} ${one.confidence}${one.variant === undefined ? '' : ` ${one.variant}`}`,
      ].join(''),
    )
}

test('ports are exposed one by one, as spans, by protocol and on lines that go on', () => {
  const text =
    'FROM a\nEXPOSE 80 443/tcp \\\n  # the other half\n\n  8000-8002/UDP\nexpose 0 x 99999\n'
  assert.deepEqual(portsOf(text), [
    '2 documentation 80/tcp explicit',
    '2 documentation 443/tcp explicit',
    '5 documentation 8000-8002/udp explicit',
  ])
})

test('arguments and variables are filled in as their stages have them', () => {
  const text = `ARG PORT=80
FROM a AS base
ENV ADMIN 9000
EXPOSE $PORT
ARG PORT
EXPOSE \${PORT}/tcp \${OTHER:-81}
FROM Base AS dev
EXPOSE $ADMIN
FROM b
EXPOSE $ADMIN 82
`
  assert.deepEqual(portsOf(text), [
    '6 documentation 80/tcp interpolated base',
    '6 documentation 81/tcp interpolated base',
    '8 documentation 9000/tcp interpolated dev',
    '10 documentation 82/tcp explicit 2',
  ])
})

const COMMANDS: readonly (readonly [text: string, ports: readonly string[]])[] = [
  ['CMD ["next", "start", "-p", "3001"]', ['2 claim 3001/tcp explicit']],
  ['ENV PORT=8080\nCMD ["./server"]', ['2 claim 8080/tcp explicit']],
  ['ENV PORT=8080\nCMD gunicorn -b :$PORT a:b', ['3 claim 8080/tcp interpolated']],
  ['ENV PORT=1\nCMD ["sh", "-c", "uvicorn a:b --port $PORT"]', ['3 claim 1/tcp interpolated']],
  ['ENTRYPOINT ["uvicorn", "a:b"]\nCMD ["--port", "81"]', ['3 claim 81/tcp explicit']],
  ['ENTRYPOINT uvicorn a:b --port 81\nCMD ["--port", "82"]', ['3 claim 81/tcp explicit']],
  ['CMD ["./server"]\nHEALTHCHECK --retries=3 CMD curl http://localhost:9/', []],
  [
    'EXPOSE 8\nHEALTHCHECK CMD curl http://localhost:9/',
    ['2 documentation 8/tcp explicit', '3 consumption 9/tcp explicit'],
  ],
]

for (const [text, expected] of COMMANDS) {
  test(`${text.replaceAll('\n', '; ')} says ${expected.join(', ') || 'nothing'}`, () => {
    assert.deepEqual(portsOf(`FROM a\n${text}\n`), expected)
  })
}

test('here-documents are no instructions, and another escape character is obeyed', () => {
  assert.deepEqual(portsOf('FROM a\nRUN <<EOF\nEXPOSE 1\nEOF\nEXPOSE 2\n'), [
    '5 documentation 2/tcp explicit',
  ])
  const windows = '# escape=`\nFROM a\nENV DIR=C:\\\nEXPOSE 1 `\n 2\n'
  assert.equal(portsOf(windows).length, 2)
})

test('only Dockerfiles are taken', () => {
  const names = ['Dockerfile', 'a/Dockerfile.dev', 'web.dockerfile', 'Containerfile']
  assert.ok(names.every((name) => dockerfileReader.takes(name)))
  const others = ['Dockerfile.md', 'dockerfile.ts', '.dockerignore', 'a/Dockerfile/x']
  assert.ok(!others.some((name) => dockerfileReader.takes(name)))
})
