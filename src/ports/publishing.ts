/**
 * Ports that an engine publishes for containers: what is recorded of them, and in which words. That the
 * container lives is the engine's word, and whoever asks the engine says when it ends. Pure.
 */
import type { PortMoved } from '../core/port/port-entries.ts'
import type { LeasedContainer, PortLease } from '../core/port/port-lease.ts'
import { isListenedTo } from '../core/port/port-states.ts'
import { printProcess } from '../core/port/print-process.ts'
import type { PublishedContainer } from '../seams/port-broker.ts'

/** What is to be recorded when a container has a port; undefined: nothing is new. */
export function publication(
  lease: PortLease,
  { process, ...container }: PublishedContainer,
): Omit<PortMoved, 'type' | 'lease'> | undefined {
  const isListened = isListenedTo(lease.state)
  const isSame =
    lease.container?.name === container.name &&
    lease.process?.pid === process?.pid &&
    lease.process?.started === process?.started
  if (isSame && isListened) return undefined
  return {
    to: isListened ? lease.state : 'assigned',
    because: `Published for ${printContainer(container)}; nobody is seen to listen there yet.`,
    container,
    ...(process === undefined ? {} : { process }),
  }
}

/** Why it is ready: who listens in a container, or the process that has it. */
export function whoListens(
  { container }: Pick<PortLease, 'container'>,
  { pid, address }: { readonly pid?: number; readonly address: string },
): string {
  if (container === undefined) return `${printProcess({ pid }, 'first')} listens on ${address}.`
  const how = pid === undefined ? '' : `, by process ${pid}`
  return `Led from ${address} to ${printContainer(container)}${how}.`
}

/** Why it is not ready any more. */
export function nobodyListens({ container }: Pick<PortLease, 'container'>): string {
  if (container === undefined) return 'Its process lives, but does not listen any more.'
  return `Nobody is seen to listen for ${printContainer(container)} any more.`
}

function printContainer({ name, port }: LeasedContainer): string {
  return `container ${name}${port === undefined ? '' : `, where it is port ${port}`}`
}
