/** A daemon of ports alone: a broker behind a Unix socket, one JSON object a line, to be killed at will. */
import { rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { SystemClock } from '../../src/clock/system-clock.ts'
import { openSqliteLedger } from '../../src/ledger/sqlite/sqlite-ledger.ts'
import { openPortBroker } from '../../src/ports/broker.ts'
import { Lines } from '../../src/ports/keeper/lines.ts'
import { isPortFree } from '../../src/runtimes/placement/ports.ts'
import { LinuxKernel } from '../../src/runtimes/process/kernel/linux.ts'
import type { BrokerAnswer, BrokerQuestion } from './broker-words.ts'

const [folder = '.'] = process.argv.slice(2)
const clock = new SystemClock()
const broker = await openPortBroker({
  ledger: openSqliteLedger({ folder: join(folder, 'ledger'), clock }),
  clock,
  processes: new LinuxKernel(),
  folder: join(folder, 'ports'),
  host: 'here',
  isFree: isPortFree,
  log: (line) => console.error(line),
  onTrouble: (error) => console.error(error),
})
const path = join(folder, 'broker.sock')
rmSync(path, { force: true })
createServer(serve).listen(path, () => console.log('ready'))

function serve(client: Socket): void {
  const lines = new Lines()
  client.on('error', () => client.destroy())
  client.on('data', (chunk) => {
    for (const line of lines.take(chunk)) {
      const question = JSON.parse(line) as BrokerQuestion
      answer(question).then(
        (value) => say(client, { id: question.id, value }),
        (error: Error) => say(client, { id: question.id, error: error.message }),
      )
    }
  })
}

async function answer(question: BrokerQuestion): Promise<unknown> {
  if (question.do === 'claim') return await broker.claim(question.wishes)
  if (question.do === 'assign') return await broker.assign(question.lease, question.process)
  if (question.do === 'release') return await broker.release(question.lease, 'It is over.')
  return broker.leases()
}

function say(client: Socket, words: BrokerAnswer): void {
  if (client.writable) client.write(`${JSON.stringify(words)}\n`)
}
