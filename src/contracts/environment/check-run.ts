/** Whether what is said of a run belongs together: a process, a container and what is external differ. */
import { canonicalAddress } from '../../core/port/ip-text.ts'
import { SOCKETS_MAX } from '../../core/port/listen-variables.ts'
import { EVERY_ADDRESS } from '../../core/port/port-claim.ts'
import type { Path } from '../document/issue.ts'
import { sharedOf } from './shared-sockets.ts'
import type { WrittenComponent } from './written.ts'
import { probesOf } from './written-condition.ts'
import type { WrittenRun } from './written-run.ts'

type Say = (at: Path, message: string) => void

const KINDS = ['command', 'container', 'external'] as const

/** Keys of `run` that only make sense for some kinds. */
const FOREIGN: Readonly<Record<(typeof KINDS)[number], Readonly<Record<string, string>>>> = {
  command: {},
  container: { cwd: 'the folder inside a container is written as container.cwd' },
  external: {
    cwd: 'somebody else runs it, so it has no folder here',
    env: 'somebody else runs it, so it cannot be given variables',
    inherit: 'somebody else runs it, so it cannot be given variables',
    oneShot: 'somebody else runs it, so nobody here notices its end',
    ports: 'ports of an external component are written as external.ports',
  },
}

/** Names everything about a component's run that contradicts itself. */
export function checkRun(component: WrittenComponent, name: string, say: Say): void {
  const { run } = component
  if (run === undefined) return
  const kinds = KINDS.filter((kind) => run[kind] !== undefined)
  const [kind] = kinds
  if (kind === undefined || kinds.length > 1) {
    const written = kinds.length === 0 ? 'none of them' : `both ${kinds.join(' and ')}`
    say(['run'], `run needs one of the keys command, container and external, and has ${written}`)
    return
  }
  for (const [key, why] of Object.entries(FOREIGN[kind])) {
    if (Object.hasOwn(run, key)) say(['run', key], why)
  }
  if (kind === 'command') checkProcessPorts(component, run, say)
  if (kind === 'container') checkContainer(component, say)
  if (kind === 'external') checkExternal(component, name, say)
}

function checkProcessPorts({ roll }: WrittenComponent, run: WrittenRun, say: Say): void {
  for (const [port, { container }] of Object.entries(run.ports ?? {})) {
    if (container === undefined) continue
    say(['run', 'ports', port, 'container'], 'a process listens on the port it is given; write {}')
  }
  checkAddresses(run, say)
  const { sharedPorts = [] } = sharedOf(run, roll)
  checkInherited(run, sharedPorts, say)
}

function checkInherited({ ports = {} }: WrittenRun, shared: readonly string[], say: Say): void {
  const isInherited = (port: string): boolean =>
    ports[port]?.inherit === true || shared.includes(port)
  const inherited = Object.keys(ports).filter(isInherited)
  for (const port of inherited.slice(SOCKETS_MAX)) {
    const message = `a process inherits ${SOCKETS_MAX} sockets at most; give it the number of this one`
    say(['run', 'ports', port], message)
  }
}

/** `self.host` is one address, and what is compared with the kernel's word is written as that prints it. */
function checkAddresses(run: WrittenRun, say: Say): void {
  const ports = Object.entries(run.ports ?? {})
  const [first, named] = ports.find(([, { address }]) => address !== undefined) ?? []
  if (first === undefined || named?.address === undefined) return
  for (const [port, { address }] of ports) {
    if (address === named.address) {
      const wrong = whyNot(address)
      if (wrong !== undefined) say(['run', 'ports', port, 'address'], wrong)
      continue
    }
    const at = ['run', 'ports', port, ...(address === undefined ? [] : ['address'])]
    say(
      at,
      `a component is reached at one address, and ${first} names ${named.address}; write that`,
    )
  }
}

function whyNot(address: string): string | undefined {
  const canonical = canonicalAddress(address) ?? address
  if (EVERY_ADDRESS.includes(canonical)) {
    return `${address} is every address; write the one that it is to be reached by`
  }
  return canonical === address ? undefined : `write ${address} as ${canonical}`
}

function checkContainer(component: WrittenComponent, say: Say): void {
  const { run, stop } = component
  const { networks = [] } = run?.container ?? {}
  const alone = networks.find((network) => network === 'host' || network === 'none')
  if (alone !== undefined && networks.length > 1) {
    say(['run', 'container', 'networks'], `${alone} stands alone, with no other network`)
  }
  for (const [port, { container, address, inherit }] of Object.entries(run?.ports ?? {})) {
    if (inherit === true) {
      const message =
        'a container inherits no socket: its engine publishes its ports; leave inherit out'
      say(['run', 'ports', port, 'inherit'], message)
    }
    if (address !== undefined) {
      const message = 'ports of a container are published on 127.0.0.1; leave address out'
      say(['run', 'ports', port, 'address'], message)
    }
    if (alone === 'none') say(['run', 'ports', port], 'without a network there is no port')
    if (alone === 'host' && container !== undefined) {
      const message = "on the machine's network it listens on the port it is given; write {}"
      say(['run', 'ports', port, 'container'], message)
    }
  }
  if (stop?.command !== undefined) {
    say(['stop', 'command'], 'a container is asked to end by a signal; write stop.signal')
  }
  const message = 'a container is given no NOTIFY_SOCKET; ask it over a port, or its log'
  sayOfProbes(component, ['notify'], (at) => say(at, message))
}

function checkExternal(component: WrittenComponent, name: string, say: Say): void {
  const { ready = [], stop } = component
  if (ready.length === 0) {
    say(['run', 'external'], `nothing says whether ${name} is there; give it a key ready`)
  }
  if (stop !== undefined) say(['stop'], `somebody else runs ${name}, so it is never stopped here`)
  const message = `somebody else runs ${name}, so its process is not seen here`
  sayOfProbes(component, ['exit', 'log', 'notify'], (at) => say(at, message))
}

function sayOfProbes(
  { ready = [] }: WrittenComponent,
  probes: readonly string[],
  say: (at: Path) => void,
): void {
  ready.forEach((condition, index) => {
    const [probe = ''] = probesOf(condition)
    if (probes.includes(probe)) say(['ready', index, probe])
  })
}
