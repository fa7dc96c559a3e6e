/** What the kernel says of sockets that this test itself opens. */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { LinuxKernel } from '../../runtimes/process/kernel/linux.ts'
import { parseSockets } from '../../runtimes/process/kernel/socket-table.ts'
import { parsePorts, readPortSettings } from './machine.ts'
import { PortKernel, rowsOf } from './port-kernel.ts'

const kernel = new PortKernel(new LinuxKernel())

test('who listens is told with their process, TCP and UDP', async (context) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const udp = createSocket('udp4')
  udp.bind(0, '127.0.0.1')
  await once(udp, 'listening')
  context.after(() => {
    server.close()
    udp.close()
  })
  const listening = kernel.listening() ?? assert.fail('it tells')
  const { port } = server.address() as AddressInfo
  for (const [protocol, number] of [
    ['tcp', port],
    ['udp', udp.address().port],
  ] as const) {
    const rows = rowsOf({ protocol, addresses: ['0.0.0.0'], port: number }, listening)
    assert.deepEqual(
      rows.map(({ address }) => address),
      ['127.0.0.1'],
    )
    const self = kernel.identify(process.pid) ?? assert.fail('it lives')
    const [holder] = kernel.holders(rows, { process: self }, undefined)
    assert.deepEqual([holder?.pid, holder?.isOwn], [process.pid, true])
    const other = kernel.identify(process.ppid)
    assert.ok(other !== undefined)
    assert.ok(kernel.isAlive(other))
  }
  assert.deepEqual(rowsOf({ protocol: 'tcp', addresses: ['::1'], port }, listening), [])
})

test('a reused pid is not its predecessor', async (context) => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  context.after(() => server.close())
  const self = kernel.identify(process.pid) ?? assert.fail('it lives')
  assert.ok(kernel.isAlive(self))
  assert.ok(!kernel.isAlive({ ...self, started: '1' }))
  assert.ok(!kernel.isAlive({ ...self, bootId: 'another boot' }))
  const rows = kernel.socketsOn('tcp', port).filter(({ state }) => state === 'listening')
  const [holder] = kernel.holders(rows, { process: { ...self, started: '1' } }, undefined)
  assert.deepEqual([holder?.pid, holder?.isOwn], [process.pid, false])
})

test('the settings are read, and what is missing or odd is taken as usual', (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'rampart-settings-'))
  context.after(() => rmSync(folder, { recursive: true }))
  assert.deepEqual(readPortSettings(folder).ephemeral, { first: 32_768, last: 60_999 })
  writeFileSync(join(folder, 'ip_local_port_range'), '20000\t30000\n')
  writeFileSync(join(folder, 'ip_local_reserved_ports'), '21000-21002,25000\n')
  const settings = readPortSettings(folder)
  assert.deepEqual(settings.ephemeral, { first: 20_000, last: 30_000 })
  assert.deepEqual([...settings.reserved], [21_000, 21_001, 21_002, 25_000])
  assert.deepEqual([...parsePorts('')], [])
  assert.ok(readPortSettings().ephemeral.first > 0)
})

test('tables are read row by row', () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0
   1: 0100007F:1F91 0100007F:1F90 06 00000000:00000000 03:00000D55 00000000     0        0 0 3 0
`
  assert.deepEqual(
    parseSockets(table, 'tcp', () => true),
    [
      { protocol: 'tcp', address: '127.0.0.1', port: 8080, state: 'listening', inode: '4711' },
      { protocol: 'tcp', address: '127.0.0.1', port: 8081, state: 'time-wait', inode: '0' },
    ],
  )
})
