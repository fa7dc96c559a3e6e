/** Units of systemd are read as systemd does: in order, with what is taken back and dropped in. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { claimsIn, connectionsOf, findIn } from '../../../test/support/scan-text.ts'
import { serviceReader } from './read-service.ts'
import { socketReader } from './read-socket.ts'

const LISTENS: readonly (readonly [setting: string, claims: readonly string[]])[] = [
  ['ListenStream=80', ['2 80']],
  ['ListenStream = 127.0.0.1:81', ['2 81 127.0.0.1']],
  ['ListenStream=[::]:82', ['2 82']],
  ['ListenStream=[::1]:83', ['2 83 ::1']],
  ['ListenStream=[::]:84\nBindIPv6Only=ipv6-only', ['2 84 ::']],
  ['ListenStream=85\nBindIPv6Only=ipv6-only', ['2 85 ::']],
  ['ListenDatagram=514', ['2 514/udp']],
  ['ListenStream=80\nListenStream=81', ['2 80', '3 81']],
  ['ListenStream=80\nListenStream=\nListenStream=81', ['4 81']],
  ['ListenDatagram=80\nListenStream=\nListenStream=81', ['4 81']],
  ['ListenStream=/run/a.sock', []],
  ['ListenStream=@a:80', []],
  ['ListenStream=vsock:2:80', []],
  ['ListenStream=%i', []],
  ['ListenStream=8000-8002', []],
  ['#ListenStream=80\n;ListenStream=81', []],
  ['[Install]\nListenStream=80', []],
  ['SocketProtocol=sctp\nListenStream=80', []],
]

for (const [setting, expected] of LISTENS) {
  test(`${setting.replaceAll('\n', ', ')} claims ${expected.join(' and ') || 'nothing'}`, () => {
    const found = claimsIn(socketReader, { 'a.socket': `[Socket]\n${setting}\n` })
    assert.deepEqual(
      found,
      expected.map((one) => `a.socket:${one}`),
    )
  })
}

test('what is dropped in adds up, with a unit beside it or for one of the system', () => {
  const override = '[Socket]\nListenStream=\nListenStream=2222\n'
  assert.deepEqual(
    claimsIn(socketReader, {
      'a.socket': '[Socket]\nListenStream=22\n',
      'a.socket.d/b.conf': override,
    }),
    ['a.socket.d/b.conf:3 2222'],
  )
  assert.deepEqual(
    claimsIn(socketReader, {
      'ssh.socket.d/a.conf': override,
      'ssh.socket.d/b.conf': '[Socket]\nListenStream=2223\n',
    }),
    ['ssh.socket.d/a.conf:3 2222', 'ssh.socket.d/b.conf:2 2223'],
  )
})

const SERVICES: readonly (readonly [settings: string, claims: readonly string[]])[] = [
  ['Environment=PORT=3000\nExecStart=/opt/shop/bin/server', ['2 3000']],
  ['Environment="A=b c" "PORT=3000" \'C=d\'\nExecStart=/a', ['2 3000']],
  ['Environment=PORT=1\nEnvironment=\nEnvironment=PORT=2\nExecStart=/a', ['4 2']],
  ['ExecStart=/usr/bin/node server.js --port 3000', ['2 3000']],
  ['ExecStart=-/usr/bin/gunicorn \\\n  --bind 127.0.0.1:8000 app', ['2 8000 127.0.0.1']],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of systemd.
  ['Environment=PORT=8001\nExecStart=/usr/bin/gunicorn -b :${PORT} app', ['2 8001']],
  ['Environment=PORT=%i\nExecStart=/a', []],
  ['PrivateNetwork=yes\nEnvironment=PORT=3000\nExecStart=/a', ['3 3000 network systemd /a']],
  ['ExecStart=/bin/sh -c "exec /usr/bin/node a.js --port 3001"', ['2 3001']],
  ['ExecStart=/usr/bin/mkdir -p 2000', []],
]

for (const [settings, expected] of SERVICES) {
  test(`${settings.replaceAll('\n', ', ')} claims ${expected.join(' and ') || 'nothing'}`, () => {
    const found = claimsIn(serviceReader, { 'a.service': `[Service]\n${settings}\n` })
    assert.deepEqual(
      found,
      expected.map((one) => `a.service:${one}`),
    )
  })
}

test('a service that takes over a socket is not in its way', () => {
  const [socket] = findIn(socketReader, { 'a.socket': '[Socket]\nListenStream=80\n' }).ports
  const [service] = findIn(serviceReader, { 'a.service': '[Service]\nEnvironment=PORT=80\n' }).ports
  assert.equal(socket?.identity, service?.identity)
})

test('variables that are URLs are connections', () => {
  const text = '[Service]\nEnvironment=PORT=80 DATABASE_URL=postgres://a:b@127.0.0.1:5432/shop\n'
  assert.deepEqual(connectionsOf(serviceReader, { 'a.service': text }), [
    'a.service:2 127.0.0.1:5432',
  ])
})
