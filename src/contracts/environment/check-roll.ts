/** Whether a component can be replaced without a gap as it says. */
import { listWords, quote } from '../document/describe-value.ts'
import type { Path } from '../document/issue.ts'
import { nearestWord } from '../document/nearest-word.ts'
import type { Part } from '../document/source-document.ts'
import { checkCarrier } from './carrier.ts'
import { checkShared } from './shared-sockets.ts'
import type { WrittenComponent } from './written.ts'

type Say = (at: Path, message: string, part?: Part) => void

/** Says everything that contradicts itself in the `roll` of a component. */
export function checkRoll(component: WrittenComponent, name: string, say: Say): void {
  const { roll, run } = component
  if (roll === undefined) return
  const why = whyNever(component, name)
  if (why !== undefined) return say(['roll'], why)
  checkCarrier(component, name, say)
  checkShared(component, say)
  if (roll.tls !== undefined && typeof roll.by === 'object') {
    say(['roll', 'tls'], 'the proxy that carries its front ends TLS itself; leave tls out')
  }
  const ports = Object.keys(run?.ports ?? {})
  roll.ports?.forEach((port, index) => {
    if (ports.includes(port)) return
    const nearest = nearestWord(port, ports)
    const hint = nearest === undefined ? `it has ${listWords(ports, 'and')}` : `write ${nearest}`
    say(['roll', 'ports', index], `${name} has no port ${quote(port)}; ${hint}`, 'value')
  })
}

function whyNever({ run }: WrittenComponent, name: string): string | undefined {
  if (run === undefined) return `${name} has no run, so there is nothing to replace`
  if (run.command === undefined) {
    return `${name} is not run as a process; only processes are replaced without a gap`
  }
  if (run.oneShot === true) return `${name} is a one-shot, which ends by itself`
  const hasPorts = Object.keys(run.ports ?? {}).length > 0
  return hasPorts ? undefined : `${name} has no ports; give run a key ports, such as { http: {} }`
}
